"""How much text stands in each shown element of a page: the texts in their order, and what part of them is whose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from operator import mul, not_

from ingest.errors import RejectError, RejectReason
from ingest.web.dom import Element, is_element, is_unseen, squeezed

_STOPS = re.compile("[。；，！？]")
_LINK = ""
"""The text that stands where a link begins, so that links too are counted by their places among the texts."""
Span = tuple[int, int]
"""Where the texts of an element begin and end among those of the page."""


class Weights:
    """
    The texts of a page without blanks, and where those of each shown element begin and end.

    What stands before each text is summed once, so that what stands in an element is a difference of two sums.
    """

    def __init__(self, texts: list[str], stops: list[int], linked: list[bool], shown: dict[Element, Span]) -> None:
        """`linked` says of each text whether it is a link's; an empty text is the beginning of a link."""
        self.shown = shown
        """Each element behind those in it."""
        self.texts = texts
        self.chars = list(accumulate(map(len, texts), initial=0))
        self.link_chars = list(accumulate(map(mul, map(len, texts), linked), initial=0))
        self.stops = list(accumulate(stops, initial=0))
        self.links = list(accumulate(map(not_, texts), initial=0))

    def __getitem__(self, element: Element) -> Weight:
        return Weight(self, *self.shown[element])

    def get(self, element: Element) -> Weight | None:
        """The weight of an element; nothing where it is not shown."""
        span = self.shown.get(element)
        return span and Weight(self, *span)

    def text(self, span: Span) -> str:
        """What is shown in a part of the page, without blanks."""
        begin, end = span
        return self.texts[begin] if end == begin + 1 else "".join(self.texts[begin:end])


class Weight:
    """What stands in an element: characters without blanks, those of links, sentence marks outside links, and links."""

    __slots__ = ("_page", "begin", "end")

    def __init__(self, page: Weights, begin: int, end: int) -> None:
        self._page, self.begin, self.end = page, begin, end

    @property
    def text(self) -> str:
        """What is shown of the element, without blanks."""
        return self._page.text((self.begin, self.end))

    def _sum(self, sums: list[int]) -> int:
        return sums[self.end] - sums[self.begin]

    @property
    def chars(self) -> int:
        return self._sum(self._page.chars)

    @property
    def stops(self) -> int:
        return self._sum(self._page.stops)

    @property
    def links(self) -> int:
        return self._sum(self._page.links)

    @property
    def link_share(self) -> float:
        """Share of the characters that are links."""
        return self._sum(self._page.link_chars) / self.chars if self.chars else 0.0


def weigh(root: Element, max_depth: int) -> Weights:
    """The weight of every shown element. RejectError `too_deep` where elements nest deeper than `max_depth`."""
    texts: list[str] = []
    stops: list[int] = []
    linked: list[bool] = []
    shown: dict[Element, Span] = {}

    def take(text: str, is_linked: bool) -> None:
        if text.isalnum():  # as most cells: no blank and no mark stands in them
            marks = 0
        else:
            text = squeezed(text)
            marks = 0 if is_linked else len(_STOPS.findall(text))
        if text:
            texts.append(text)
            stops.append(marks)
            linked.append(is_linked)

    def gather(elements: Iterable[Element], depth: int, in_link: bool) -> None:
        """Take what stands in elements, which nest so deep, and behind them."""
        if depth > max_depth and any(map(is_element, elements)):
            raise _too_deep(max_depth)
        for element in elements:
            # This runs for each element of a page, and asks first for what stands in most of them.
            if is_unseen(element):
                if len(element):
                    _check_depth(element, depth + 1, max_depth)
            else:
                begin = len(texts)
                is_linked = in_link
                if element.tag == "a" and element.get("href"):
                    is_linked = True
                    texts.append(_LINK)
                    stops.append(0)
                    linked.append(True)
                if (text := element.text) and not text.isspace():
                    take(text, is_linked)
                if len(element):
                    gather(element, depth + 1, is_linked)
                shown[element] = begin, len(texts)
            if (text := element.tail) and not text.isspace():
                take(text, in_link)

    gather([root], 1, False)
    return Weights(texts, stops, linked, shown)


def _check_depth(elements: Iterable[Element], depth: int, max_depth: int) -> None:
    """As `weigh` does, where nothing is seen of the elements."""
    if depth > max_depth and any(map(is_element, elements)):
        raise _too_deep(max_depth)
    for element in elements:
        _check_depth(element, depth + 1, max_depth)


def _too_deep(max_depth: int) -> RejectError:
    return RejectError(RejectReason.TOO_DEEP, f"elements nest more than {max_depth} deep")
