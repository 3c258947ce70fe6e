// A figure and its words light up together, and each brings the other into view. Without this script the links between
// them still work.
"use strict";

const lit = new Set();
let litIds = [];

const panes = () => [...document.querySelectorAll(".pane")];
const folds = () => [...document.querySelectorAll("details")];

// Open what an element is folded away in.
function unfold(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

// Bring an element to the middle of its pane, and the pane into the window where `show`.
function bring(element, show, behavior = "auto") {
  unfold(element);
  const pane = element.closest(".pane");
  if (!pane) {
    if (show) element.scrollIntoView({ block: "center", behavior });
    return;
  }
  const middle = pane.getBoundingClientRect().top + pane.clientHeight / 2;
  pane.scrollTo({ top: pane.scrollTop + element.getBoundingClientRect().top - middle, behavior });
  // On a narrow screen the other pane may be out of sight: whoever asked for it by a click is led there.
  if (show) pane.scrollIntoView({ block: "nearest", behavior });
}

function light(ids, from, show) {
  for (const each of lit) each.classList.remove("on");
  lit.clear();
  litIds = ids;
  for (const id of ids) {
    for (const each of document.querySelectorAll(`[data-figure~="${id}"], [data-figures~="${id}"]`)) {
      each.classList.add("on");
      lit.add(each);
    }
  }
  const brought = new Set([from]);
  for (const each of lit) {
    const pane = each.closest(".pane");
    if (pane && !brought.has(pane)) bring(each, show);
    brought.add(pane);
  }
}

function idsOf(target) {
  const marked = target.closest && target.closest("[data-figure], [data-figures]");
  return marked ? (marked.dataset.figure || marked.dataset.figures).split(" ") : null;
}

// Lead to what the end of an address names: a figure, its words, a paragraph in which words were found, a finding.
function lead(hash, from) {
  const target = document.getElementById(hash.slice(1));
  if (!target) return null;
  const figure = hash.match(/^#[wf]-([0-9a-z]+)$/);
  if (figure) {
    light(idsOf(target) || [figure[1]], from, from !== null);
    if (from === null) bring(target, true, "instant");
  } else {
    bring(target.querySelector("mark") || target, true, "instant");
  }
  return target;
}

// Where the page stands, kept with its entry in the history, so that Back leads to the same place.
function keepPlace() {
  const place = { top: scrollY, panes: panes().map((pane) => pane.scrollTop), folds: folds().map((fold) => fold.open), lit: litIds };
  history.replaceState({ place }, "");
}

function goBackTo(place) {
  folds().forEach((fold, number) => { fold.open = place.folds[number]; });
  light(place.lit, null, false);
  panes().forEach((pane, number) => { pane.scrollTo({ top: place.panes[number], behavior: "instant" }); });
  scrollTo({ top: place.top, behavior: "instant" });
}

let waiting;
let resting = [-9, -9];
const placeOf = (event) => [event.clientX, event.clientY];
// What is lit stays lit while the page moves below a pointer that rests; of such a one the place may be told rounded.
const rests = (event) => placeOf(event).every((each, number) => Math.abs(each - resting[number]) < 1);
document.addEventListener("pointermove", (event) => { resting = placeOf(event); });
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch" || rests(event)) return;
  resting = placeOf(event);
  clearTimeout(waiting);
  const ids = idsOf(event.target);
  if (ids) waiting = setTimeout(() => light(ids, event.target.closest(".pane")), 120);
});
document.addEventListener("focusin", (event) => {
  const ids = idsOf(event.target);
  if (ids && event.target.matches(":focus-visible")) light(ids, event.target.closest(".pane"));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest("a[href^='#']");
  if (!link || !panes().length || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const hash = link.getAttribute("href");
  if (!document.getElementById(hash.slice(1))) return;
  event.preventDefault();
  clearTimeout(waiting);
  resting = placeOf(event);
  keepPlace();
  history.pushState(null, "", hash);
  const target = lead(hash, link.closest(".pane"));
  // Who came by keyboard goes on from there.
  const next = target.matches("a, [tabindex]") ? target : target.querySelector("a");
  if (event.detail === 0 && next) next.focus({ preventScroll: true });
});
addEventListener("popstate", (event) => {
  if (!panes().length) return;
  if (event.state && event.state.place) goBackTo(event.state.place);
  else if (location.hash) lead(location.hash, null);
});
addEventListener("pagehide", () => { if (panes().length) keepPlace(); });

// On a narrow screen what narrows a search is folded away, so that what was found comes first.
function foldFilters() {
  if (matchMedia("(max-width: 60rem)").matches) {
    for (const each of document.querySelectorAll("details.filters")) each.open = false;
  }
}

// A table that goes on to the right fades out there; of years side by side the newest are shown first.
function showOn(box) {
  box.classList.toggle("goes-on", box.scrollLeft + box.clientWidth < box.scrollWidth - 4);
}

function watchTables() {
  for (const box of document.querySelectorAll(".scroll")) {
    if (box.querySelector(".compare")) box.scrollLeft = box.scrollWidth;
    box.addEventListener("scroll", () => showOn(box), { passive: true });
    showOn(box);
  }
}

addEventListener("resize", () => document.querySelectorAll(".scroll").forEach(showOn));
document.addEventListener("htmx:afterSettle", () => { foldFilters(); watchTables(); });
addEventListener("DOMContentLoaded", foldFilters);
addEventListener("load", watchTables);
// After the browser's own way to the end of the address.
addEventListener("load", () => {
  if (!panes().length) return;
  history.scrollRestoration = "manual";
  if (history.state && history.state.place) goBackTo(history.state.place);
  else if (location.hash) lead(location.hash, null);
});
