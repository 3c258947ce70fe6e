// A figure and its words light up together, and each brings the other into view. Without this script the links between
// them still work.
"use strict";

const lit = new Set();

function light(ids, from, show) {
  for (const each of lit) each.classList.remove("on");
  lit.clear();
  for (const id of ids) {
    for (const each of document.querySelectorAll(`[data-figure~="${id}"], [data-figures~="${id}"]`)) {
      each.classList.add("on");
      lit.add(each);
    }
  }
  for (const each of lit) {
    const pane = each.closest(".pane");
    if (pane && pane !== from) {
      for (let fold = each.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      const middle = pane.getBoundingClientRect().top + pane.clientHeight / 2;
      pane.scrollTop += each.getBoundingClientRect().top - middle;
      // On a narrow screen the other pane may be out of sight: whoever asked for it by a click is led there.
      if (show) pane.scrollIntoView({ block: "nearest" });
      break;
    }
  }
}

function idsOf(target) {
  const marked = target.closest && target.closest("[data-figure], [data-figures]");
  return marked ? (marked.dataset.figure || marked.dataset.figures).split(" ") : null;
}

let waiting;
let resting = "";
const placeOf = (event) => `${event.clientX} ${event.clientY}`;
// What is lit stays lit while the page moves below a pointer that rests.
document.addEventListener("pointermove", (event) => { resting = placeOf(event); });
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch" || placeOf(event) === resting) return;
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
  const link = event.target.closest && event.target.closest("a[href^='#w-'], a[href^='#f-']");
  if (!link) return;
  const id = link.getAttribute("href").slice(3);
  if (!document.getElementById(link.getAttribute("href").slice(1))) return;
  event.preventDefault();
  clearTimeout(waiting);
  resting = placeOf(event);
  history.replaceState(null, "", link.getAttribute("href"));
  light(idsOf(link) || [id], link.closest(".pane"), true);
});
// On a narrow screen what narrows a search is folded away, so that what was found comes first.
function foldFilters() {
  if (matchMedia("(max-width: 60rem)").matches) {
    for (const each of document.querySelectorAll("details.filters")) each.open = false;
  }
}

document.addEventListener("htmx:afterSettle", foldFilters);
window.addEventListener("DOMContentLoaded", () => {
  foldFilters();
  const id = location.hash.match(/^#[wf]-([0-9a-z]+)$/);
  if (id) light([id[1]], null, true);
});
