"""A page's own style sheets, as far as they hide: elements that they leave unseen are marked `hidden` in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.web.declared import HIDING, TELLING, declared, hides, important_of
from ingest.web.dom import Element, is_element, shown_text, squeezed

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_MEDIA = re.compile(r"@(media|supports|layer)([^{;]*)\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", re.IGNORECASE)
_OTHER_AT_RULE = re.compile(r"@[\w-]+[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_SIMPLE = re.compile(r"([.#]?)([\w-]+)|\*")
_COMPOUND = re.compile(r"(?:\*|[.#]?[\w-]+)*$")
_ATTRIBUTE = re.compile(r"\[\s*([\w-]+)\s*(?:=\s*[\"']?([^\]\"'~|^$*]*)[\"']?\s*)?\]")
_NOT_LOOKED_AT = re.compile(r"::?[\w-]+(?:\([^()]*\))?|\[[^\]]*\]")
_LEFT_AT_LEAST = 0.1
"""Share of the text that must be left: a page that shows next to nothing by its sheet is shown by a script."""

_OWN = (1_000_000, 0, 0, 0)
"""The weight of an element's own style: more than that of any selector."""


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must have: a tag name (empty for any), classes, identifiers, attributes (None: of any value)."""

    tag: str
    classes: frozenset[str]
    identifiers: frozenset[str]
    attributes: tuple[tuple[str, str | None], ...] = ()
    is_child: bool = False
    """Whether it must stand right in the element of the compound before it."""

    def fits(self, element: Element, classes: frozenset[str]) -> bool:
        """Whether an element, which is of these classes, has all of it."""
        return (
            (not self.tag or self.tag == element.tag)
            and self.classes <= classes
            and (not self.identifiers or self.identifiers == {element.get("id", "")})
            and all(
                element.get(name) is not None and value in (None, element.get(name)) for name, value in self.attributes
            )
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector: compounds from the outermost to the element's own, and the properties that bear on being seen."""

    compounds: list[Compound]
    weight: tuple[int, int, int, int]
    says: dict[str, bool]
    important: frozenset[str]
    """Of these the properties that go before an element's own style."""
    is_certain: bool
    """Whether the whole selector is understood. What is not may show an element, and never hides one."""


def mark_hidden(root: Element, rules: list[Rule]) -> None:
    """Set `hidden` on the elements that the page's own sheets hide or strike out; pages without such rules are left."""
    rules = [rule for rule in rules if not rule.says.keys().isdisjoint(HIDING)]
    if not any(rule.is_certain and hides(rule.says) for rule in rules):
        return
    found = [element for element in root.iter() if is_element(element) and _is_hidden(element, rules)]
    for element in found:
        element.set("hidden", "")
    body = root.find("body")
    if found and body is not None:
        left = len(squeezed(shown_text(body)))
        for element in found:
            del element.attrib["hidden"]
        if left >= _LEFT_AT_LEAST * len(squeezed(shown_text(body))):
            for element in found:
                element.set("hidden", "")


def rules_of(root: Element, *, with_colours: bool) -> Iterator[Rule]:
    """The rules of the page's sheets in order that say whether an element is seen on a screen: all where colours
    and sizes of letters bear on it (`with_colours`), else those of sheets that hide something."""
    order = 0
    for sheet in root.iter("style"):
        text = "".join(sheet.itertext())
        if not (with_colours or TELLING.search(text)) or not _is_for_screens(sheet.get("media", "")):
            continue
        text = _MEDIA.sub(_where_it_holds, _COMMENT.sub("", text))
        for selectors, declarations in _RULE.findall(_OTHER_AT_RULE.sub("", text)):
            says, important = declared(declarations), important_of(declarations)
            if not says:
                continue
            for selector in selectors.split(","):
                order += 1
                rule = _rule(selector.strip(), says, important, order)
                if rule is not None:
                    yield rule


def _where_it_holds(group: re.Match[str]) -> str:
    """The rules of a group where it holds on a screen of today: browsers know nearly all that @supports asks for."""
    kind, condition, rules = group[1].lower(), group[2], group[3]
    holds = _is_for_screens(condition) if kind == "media" else not re.search(r"\bnot\b", condition, re.IGNORECASE)
    return rules if holds else ""


def _is_for_screens(media: str) -> bool:
    """Whether a sheet holds on a wide screen, without asking how wide: rules for print and for phones do not."""
    media = media.strip().lower()
    return media in ("", "all", "screen", "only screen")


def _rule(selector: str, says: dict[str, bool], important: frozenset[str], order: int) -> Rule | None:
    compounds: list[Compound] = []
    is_certain = not re.search(r"[+~]", _ATTRIBUTE.sub("", selector))
    is_child = False
    for part in re.findall(r"[>+~]|(?:\[[^\]]*\]|\([^()]*\)|[^\s>+~\[(])+", selector):
        if part in ">+~":
            is_child = part == ">"
            continue
        attributes = tuple((name.lower(), value or None) for name, value in _ATTRIBUTE.findall(part))
        known = _ATTRIBUTE.sub("", part)
        bare = _NOT_LOOKED_AT.sub("", known)
        is_certain = is_certain and bare == known
        if not _COMPOUND.match(bare):
            return None
        pieces = _SIMPLE.findall(bare)
        tag = next((name.lower() for kind, name in pieces if not kind and name), "")
        classes = frozenset(name for kind, name in pieces if kind == ".")
        identifiers = frozenset(name for kind, name in pieces if kind == "#")
        compounds.append(Compound(tag, classes, identifiers, attributes, is_child))
        is_child = False
    if not compounds:
        return None
    weight = (
        sum(len(compound.identifiers) for compound in compounds),
        sum(len(compound.classes) + len(compound.attributes) for compound in compounds),
        sum(bool(compound.tag) for compound in compounds),
        order,
    )
    return Rule(compounds, weight, says, important, is_certain)


def _is_hidden(element: Element, rules: list[Rule]) -> bool:
    """Whether the rule of most weight for some property hides the element, and none that is unsure shows it."""
    return hides(decided(element, rules))


def mark_raised(root: Element, rules: list[Rule]) -> None:
    """Give the elements that the page's own sheets raise a style that says so."""
    rules = [rule for rule in rules if "raised" in rule.says]
    for element in list(root.iter()) if any(rule.says["raised"] for rule in rules) else ():
        if is_element(element) and decided(element, rules).get("raised"):
            element.set("style", f"{element.get('style', '')};vertical-align:super")


def decided(element: Element, rules: list[Rule]) -> dict[str, bool]:
    """What is said of an element by each property, by the rule of most weight or its own style, where no rule that is
    unsure gainsays it."""
    classes: frozenset[str] | None = None
    deciding: dict[str, tuple[tuple[int, ...], bool]] = {}
    shown: set[str] = set()
    for rule in rules:
        own = rule.compounds[-1]
        if own.tag and own.tag != element.tag:
            continue
        if classes is None:
            classes = _classes(element)
        if not own.fits(element, classes) or not _stands_in(element, rule.compounds):
            continue
        for name, value in rule.says.items():
            weight = (name in rule.important, *rule.weight)
            if not rule.is_certain and name != "background":  # any ground may make white letters seen
                shown |= set() if value else {name}
            elif name not in deciding or weight > deciding[name][0]:
                deciding[name] = (weight, value)
    style = element.get("style", "")
    important = important_of(style) if style else frozenset()
    for name, value in declared(style).items() if style else ():
        weight = (name in important, *_OWN)
        if name not in deciding or weight > deciding[name][0]:
            deciding[name] = (weight, value)
            shown.discard(name)
    return {name: value for name, (_, value) in deciding.items() if not (value and name in shown)}


def _classes(element: Element) -> frozenset[str]:
    return frozenset(element.get("class", "").split())


def _stands_in(element: Element, compounds: list[Compound]) -> bool:
    """Whether an element, which fits the last of these compounds, has ancestors that fit the others, in order."""
    if len(compounds) == 1:
        return True
    ancestors = [(ancestor, _classes(ancestor)) for ancestor in element.iterancestors()]
    # places among the ancestors at which the compounds so far may end
    ends = {-1}
    for compound, below in zip(compounds[-2::-1], compounds[:0:-1], strict=True):
        places = {end + 1 for end in ends} if below.is_child else range(min(ends) + 1, len(ancestors))
        ends = {place for place in places if place < len(ancestors) and compound.fits(*ancestors[place])}
        if not ends:
            return False
    return True
