"""A page's own style sheets, as far as they hide: elements that they leave unseen are marked `hidden` in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.web.dom import Element, is_element, shown_text, squeezed

_TELLING = re.compile(r"none|hidden|collapse|line-through", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_MEDIA = re.compile(r"@media([^{]*)\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", re.IGNORECASE)
_OTHER_AT_RULE = re.compile(r"@[\w-]+[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_SIMPLE = re.compile(r"([.#]?)([\w-]+)|\*")
_COMPOUND = re.compile(r"(?:\*|[.#]?[\w-]+)+$")
_NOT_LOOKED_AT = re.compile(r"::?[\w-]+(?:\([^()]*\))?|\[[^\]]*\]")
_HIDES = {
    "display": re.compile(r"none\b"),
    "visibility": re.compile(r"(?:hidden|collapse)\b"),
    "text-decoration": re.compile(r".*\bline-through\b"),
}
_ALIASES = {"text-decoration-line": "text-decoration"}
_LEFT_AT_LEAST = 0.1
"""Share of the text that must be left: a page that shows next to nothing by its sheet is shown by a script."""

Compound = tuple[str, frozenset[str], frozenset[str]]
"""A tag name (empty for any), classes and identifiers that one element must have."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """One selector: compounds from the outermost to the element's own, and the properties that bear on being seen."""

    compounds: list[Compound]
    weight: tuple[int, int, int, int]
    hides: dict[str, bool]
    is_certain: bool
    """Whether the whole selector is understood. What is not may show an element, and never hides one."""


def mark_hidden(root: Element) -> None:
    """Set `hidden` on the elements that the page's own sheets hide or strike out; pages without such rules are left."""
    rules = list(_rules(root))
    if not any(hides for rule in rules if rule.is_certain for hides in rule.hides.values()):
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


def _rules(root: Element) -> Iterator[_Rule]:
    """The rules of the page's sheets in order that say whether an element is seen on a screen."""
    order = 0
    for sheet in root.iter("style"):
        text = "".join(sheet.itertext())
        if not _TELLING.search(text) or not _is_for_screens(sheet.get("media", "")):
            continue
        text = _MEDIA.sub(lambda media: media[2] if _is_for_screens(media[1]) else "", _COMMENT.sub("", text))
        for selectors, declarations in _RULE.findall(_OTHER_AT_RULE.sub("", text)):
            hides = _hiding(declarations)
            if not hides:
                continue
            for selector in selectors.split(","):
                order += 1
                rule = _rule(selector.strip(), hides, order)
                if rule is not None:
                    yield rule


def _is_for_screens(media: str) -> bool:
    """Whether a sheet holds on a wide screen, without asking how wide: rules for print and for phones do not."""
    media = media.strip().lower()
    return media in ("", "all", "screen", "only screen")


def _hiding(declarations: str) -> dict[str, bool]:
    """For each property that bears on being seen, whether these declarations hide by it."""
    found: dict[str, bool] = {}
    for declaration in declarations.split(";"):
        name, _, value = declaration.partition(":")
        name = _ALIASES.get(name.strip().lower(), name.strip().lower())
        if name in _HIDES:
            found[name] = bool(_HIDES[name].match(value.strip().lower()))
    return found


def _rule(selector: str, hides: dict[str, bool], order: int) -> _Rule | None:
    bare = _NOT_LOOKED_AT.sub("", selector)
    is_certain = bare == selector and not re.search(r"[>+~]", selector)
    compounds: list[Compound] = []
    for part in re.sub(r"\s*[>+~]\s*", " ", bare).split():
        if not _COMPOUND.match(part):
            return None
        pieces = _SIMPLE.findall(part)
        tag = next((name.lower() for kind, name in pieces if not kind and name), "")
        classes = frozenset(name for kind, name in pieces if kind == ".")
        compounds.append((tag, classes, frozenset(name for kind, name in pieces if kind == "#")))
    if not compounds:
        return None
    counts = [sum(len(compound[at]) for compound in compounds) for at in (2, 1)]
    return _Rule(compounds, (counts[0], counts[1], sum(bool(tag) for tag, _, _ in compounds), order), hides, is_certain)


def _is_hidden(element: Element, rules: list[_Rule]) -> bool:
    """Whether the rule of most weight for some property hides the element, and neither its own style nor one unsure."""
    names: tuple[frozenset[str], str] | None = None
    deciding: dict[str, tuple[tuple[int, int, int, int], bool]] = {}
    shown: set[str] = set()
    for rule in rules:
        tag, classes, identifiers = rule.compounds[-1]
        if tag and tag != element.tag:
            continue
        if names is None:
            names = frozenset(element.get("class", "").split()), element.get("id", "")
        if not classes <= names[0] or not identifiers <= {names[1]} or not _stands_in(element, rule.compounds[:-1]):
            continue
        for name, hides in rule.hides.items():
            if not rule.is_certain:
                shown |= set() if hides else {name}
            elif name not in deciding or rule.weight > deciding[name][0]:
                deciding[name] = (rule.weight, hides)
    if not any(hides for _, hides in deciding.values()):
        return False
    shown |= set(_hiding(element.get("style", "")))
    return any(hides and name not in shown for name, (_, hides) in deciding.items())


def _stands_in(element: Element, compounds: list[Compound]) -> bool:
    """Whether an element has ancestors that match these compounds, in order."""
    left = list(compounds)
    ancestor = element.getparent()
    while left and ancestor is not None:
        tag, classes, identifiers = left[-1]
        if (
            (not tag or tag == ancestor.tag)
            and classes <= set(ancestor.get("class", "").split())
            and identifiers <= {ancestor.get("id", "")}
        ):
            left.pop()
        ancestor = ancestor.getparent()
    return not left
