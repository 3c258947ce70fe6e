"""Elements of a page: which are blocks, which are never shown, and how much text stands in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree

from ingest.errors import RejectError, RejectReason
from ingest.kept import kept
from ingest.web.declared import TELLING, declared, hides

Element: TypeAlias = Any
"""An lxml element; lxml has no types of its own."""

UNSEEN = frozenset(
    "script style noscript template iframe frame frameset object embed applet svg math canvas audio video map area "  # noqa: SIM905
    "head title meta link base input select button textarea option optgroup datalist rt rp del s strike".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer "  # noqa: SIM905
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}

_NO_WIDTH = ("\u200b", "\ufeff")
_STOPS = re.compile("[。；，！？]")


@dataclass(slots=True)
class Weight:
    """What stands in an element: characters without blanks, those of links, sentence marks outside links, and links."""

    texts: list[str]
    """The shown text of the whole page without blanks, a string a text node; the element has `begin` to `end`."""
    begin: int
    end: int
    chars: int
    link_chars: int
    stops: int
    links: int

    @property
    def text(self) -> str:
        """What is shown of the element, without blanks."""
        begin, end = self.begin, self.end
        return self.texts[begin] if end == begin + 1 else "".join(self.texts[begin:end])

    @property
    def link_share(self) -> float:
        """Share of the characters that are links."""
        return self.link_chars / self.chars if self.chars else 0.0


def is_element(node: Element) -> bool:
    """Whether a node is an element, and not a comment or a processing instruction."""
    return isinstance(node.tag, str)


def is_unseen(element: Element) -> bool:
    """Whether a browser shows nothing of the element."""
    tag = element.tag
    if tag in UNSEEN or not isinstance(tag, str):
        return True
    names = element.keys()  # as most have none: looking for one by its name takes several times as long
    if tag == "dialog" and "open" not in names:
        return True
    return bool(names) and ("hidden" in names or ("style" in names and _hides(element.get("style"))))


@lru_cache(maxsize=4096)
def _hides(style: str) -> bool:
    """Whether what stands in a style attribute hides its element: a page has the same ones again and again."""
    return bool(TELLING.search(style)) and hides(declared(style))


def squeezed(text: str) -> str:
    """Text without any blanks."""
    if text.isspace():  # as between most tags
        return ""
    bare = "".join(text.split())
    for blank in _NO_WIDTH:
        if blank in bare:
            bare = bare.replace(blank, "")
    return bare


def shown_text(element: Element) -> str:
    """All text that a browser shows of an element, blanks as they are in the source."""
    if not len(element):
        end = "\n" if element.tag == "br" or element.tag in BLOCKS else ""
        return "" if is_unseen(element) else (element.text or "") + end
    pieces: list[str] = []
    unseen: Element | None = None
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event == "start":
            if unseen is None and is_unseen(node):
                unseen = node
            elif unseen is None and node.text:
                pieces.append(node.text)
            if unseen is None and (node.tag == "br" or node.tag in BLOCKS):
                pieces.append("\n")
            continue
        if node is unseen:
            unseen = None
        if unseen is None and node is not element and node.tail:
            pieces.append(node.tail)
    return "".join(pieces)


def weigh(root: Element, max_depth: int) -> dict[Element, Weight]:
    """The weight of every shown element. RejectError `too_deep` where elements nest deeper than `max_depth`."""
    weights: dict[Element, Weight] = {}
    texts: list[str] = []
    # How much had gathered where each element that is open began.
    begun: list[tuple[int, int, int, int, int]] = []
    unseen: Element | None = None
    depth = open_links = count = chars = link_chars = stops = links = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        # This runs for each tag of a page, so what stands in most of them comes first.
        if event == "start":
            depth += 1
            if depth > max_depth:
                raise RejectError(RejectReason.TOO_DEEP, f"elements nest more than {max_depth} deep")
            if unseen is not None:
                continue
            tag = node.tag
            names = node.keys()
            may_be_unseen = "style" in names or "hidden" in names or tag == "dialog"
            if tag in UNSEEN or (may_be_unseen and is_unseen(node)):
                unseen = node
                continue
            begun.append((count, chars, link_chars, stops, links))
            if tag == "a" and node.get("href"):
                links += 1
                open_links += 1
            text = node.text
        else:
            if event == "end":
                depth -= 1
                if unseen is None:
                    begin, had_chars, had_link_chars, had_stops, had_links = begun.pop()
                    weights[node] = Weight(
                        texts,
                        begin,
                        count,
                        chars - had_chars,
                        link_chars - had_link_chars,
                        stops - had_stops,
                        links - had_links,
                    )
                    if not begun:
                        break
                    if open_links and node.tag == "a" and node.get("href"):
                        open_links -= 1
                elif node is unseen:
                    unseen = None
            if unseen is not None or not begun:
                continue
            text = node.tail
        if text and not text.isspace():
            bare, length, marks = _counted(text)
            if length:
                texts.append(bare)
                count += 1
                chars += length
                if open_links:
                    link_chars += length
                else:
                    stops += marks
    return weights


@kept
def _counted(text: str) -> tuple[str, int, int]:
    """A text without blanks, its length, and how many sentence marks it has."""
    bare = squeezed(text)
    return bare, len(bare), len(_STOPS.findall(bare))
