"""A page's own style sheets, as far as they hide: elements that they leave unseen are marked `hidden` in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.web.declared import HIDING, TELLING, declared, hides, important_of
from ingest.web.dom import Element, shown_text, squeezed
from ingest.web.media import is_for_screens
from ingest.web.selectors import Selector, names_in, selectors_of

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_GROUP = re.compile(r"@(media|supports|layer)([^{;]*)\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", re.IGNORECASE)
_OTHER_AT_RULE = re.compile(r"@[\w-]+[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]*)")
_USE = re.compile(r"\bvar\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)", re.IGNORECASE)
_LEFT_AT_LEAST = 0.1
"""Share of the text that must be left: a page that shows next to nothing by its sheet is shown by a script."""

_OWN = (1_000_000, 0, 0, 0)
"""The weight of an element's own style: more than that of any selector."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """One selector, the properties that bear on being seen, and how much they weigh: by selector, then by order."""

    selector: Selector
    weight: tuple[int, int, int, int]
    says: dict[str, bool]
    important: frozenset[str]
    """Of these the properties that go before an element's own style."""


class Sheets:
    """
    What the sheets of a page say of its elements on a screen.

    All rules are looked at where colours and sizes of letters bear on what is seen (`with_colours`), else those of
    sheets that hide something.
    """

    def __init__(self, root: Element, *, with_colours: bool) -> None:
        self._root = root
        self._rules_of: dict[Element, list[_Rule]] = {}
        self._said: set[tuple[str, bool]] = set()
        texts = list(_texts(root, with_colours))
        names = names_in(root) if texts else set()
        variables = _variables(texts)
        _write_out_own(root, variables)
        for rule in _rules(texts, names, variables):
            for element in rule.selector.chosen(root):
                self._rules_of.setdefault(element, []).append(rule)
                if rule.selector.is_certain:
                    self._said |= rule.says.items()

    def mark_hidden(self) -> None:
        """Set `hidden` on the elements that the sheets hide or strike out."""
        if not any((name, True) in self._said for name in HIDING):
            return
        found = [element for element in self._rules_of if hides(self.decided(element))]
        for element in found:
            element.set("hidden", "")
        body = self._root.find("body")
        if found and body is not None:
            left = len(squeezed(shown_text(body)))
            for element in found:
                del element.attrib["hidden"]
            if left >= _LEFT_AT_LEAST * len(squeezed(shown_text(body))):
                for element in found:
                    element.set("hidden", "")

    def mark_raised(self) -> None:
        """Give the elements that the sheets raise a style that says so."""
        for element in self._rules_of if ("raised", True) in self._said else ():
            if self.decided(element).get("raised"):
                element.set("style", f"{element.get('style', '')};vertical-align:super")

    def decided(self, element: Element) -> dict[str, bool]:
        """
        What is said of an element by each property, by the rule of most weight or its own style.

        A rule that is not certain may show an element, and never hides one.
        """
        deciding: dict[str, tuple[tuple[int, ...], bool]] = {}
        shown: set[str] = set()
        for rule in self._rules_of.get(element, ()):
            for name, value in rule.says.items():
                weight = (name in rule.important, *rule.weight)
                if not rule.selector.is_certain and name != "background":  # any ground may make white letters seen
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


def _texts(root: Element, with_colours: bool) -> Iterator[str]:
    """The sheets that bear on what is seen, without comments and what does not hold on a screen."""
    for sheet in root.iter("style"):
        text = "".join(sheet.itertext())
        if (with_colours or TELLING.search(text)) and is_for_screens(sheet.get("media", "")):
            yield _OTHER_AT_RULE.sub("", _GROUP.sub(_where_it_holds, _COMMENT.sub("", text)))


def _where_it_holds(group: re.Match[str]) -> str:
    """The rules of a group where it holds on a screen of today: browsers know nearly all that @supports asks for."""
    kind, condition, rules = group[1].lower(), group[2], group[3]
    holds = is_for_screens(condition) if kind == "media" else not re.search(r"\bnot\b", condition, re.IGNORECASE)
    return rules if holds else ""


def _rules(texts: list[str], names: set[tuple[str, str]], variables: dict[str, str]) -> Iterator[_Rule]:
    """The rules that say something of elements that a page may have, in order."""
    order = 0
    for text in texts:
        for selectors, declarations in _RULE.findall(text):
            written = _written_out(declarations, variables)
            says, important = declared(written), important_of(written)
            for selector in selectors_of(selectors.strip()) if says else ():
                order += 1
                if selector.names <= names:
                    yield _Rule(selector, (*selector.weight, order), says, important)


def _variables(texts: list[str]) -> dict[str, str]:
    """The values of variables that have one value in all of a page; what differs from place to place is left open."""
    found: dict[str, str | None] = {}
    for text in texts:
        for name, value in _VARIABLE.findall(text):
            found[name] = value.strip() if found.get(name, value.strip()) == value.strip() else None
    return {name: value for name, value in found.items() if value is not None}


def _written_out(declarations: str, variables: dict[str, str]) -> str:
    """Declarations with the values of their variables: of one that is not known, what stands for it."""
    for _ in range(_DEEPEST if "var(" in declarations else 0):
        declarations = _USE.sub(lambda use: variables.get(use[1], use[2] or ""), declarations)
    return declarations


_DEEPEST = 3
"""How often a variable may stand in the value of another."""


def _write_out_own(root: Element, variables: dict[str, str]) -> None:
    """Write the values of variables into the styles of elements that use them."""
    for element in root.iter() if variables else ():
        style = element.get("style") or ""
        if "var(" in style:
            element.set("style", _written_out(style, variables))
