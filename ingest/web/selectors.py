"""Selectors of style sheets: which elements of a page they choose, and how much they weigh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.parser import Function, Pseudo
from cssselect.xpath import ExpressionError, XPathExpr
from lxml import etree

from ingest.web.dom import Element

_STATES = set("hover focus focus-within focus-visible active target visited checked".split())  # noqa: SIM905
"""What a reader brings about: by it an element may be seen, though it is not so when the page opens."""
_NAME = re.compile(r"([.#])((?:[\w-]|[^\x00-\x7f])+)")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector of a list. `is_certain`: it is understood whole, and does not hang on what a reader does."""

    path: etree.XPath
    weight: tuple[int, int, int]
    is_certain: bool
    names: frozenset[tuple[str, str]]
    """Classes (`.`) and identifiers (`#`) that a page must have for any of its elements to be chosen."""

    def chosen(self, root: Element) -> list[Element]:
        """The elements of a page that it chooses; those that it may choose where it is not certain."""
        found: list[Element] = self.path(root)
        return found


class _Translator(HTMLTranslator):
    """As a browser takes selectors; what it does not know of an element is taken to be so, and `is_certain` false."""

    is_certain = True

    def xpath_pseudo(self, pseudo: Pseudo) -> XPathExpr:
        try:
            if pseudo.ident not in _STATES:
                return super().xpath_pseudo(pseudo)
        except ExpressionError:
            pass
        self.is_certain = False
        return self.xpath(pseudo.selector)

    def xpath_function(self, function: Function) -> XPathExpr:
        try:
            return super().xpath_function(function)
        except ExpressionError:
            self.is_certain = False
            return self.xpath(function.selector)


@lru_cache(maxsize=4096)
def selectors_of(text: str) -> tuple[Selector, ...]:
    """The selectors of a list; none where a browser passes over it, or of what is no element of the page (::before)."""
    found: list[Selector] = []
    try:
        for parsed in parse(text):
            if parsed.pseudo_element is None:
                translator = _Translator()
                path = etree.XPath(translator.selector_to_xpath(parsed))
                bare = _IN_BRACKETS.sub("", _IN_BRACKETS.sub("", parsed.canonical()))
                names = frozenset(_NAME.findall(bare)) if "\\" not in bare else frozenset()
                found.append(Selector(path, parsed.specificity(), translator.is_certain, names))
    except (SelectorError, etree.XPathSyntaxError, RecursionError):
        return ()
    return tuple(found)


def names_in(root: Element) -> set[tuple[str, str]]:
    """The classes and identifiers of all elements of a page."""
    names: set[tuple[str, str]] = set()
    for element in root.iter(etree.Element):
        for name in element.get("class", "").split():
            names.add((".", name))
        if identifier := element.get("id"):
            names.add(("#", identifier))
    return names
