"""Elements of a page: which are blocks, which are never shown, and what text a browser shows of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree

from ingest.web.declared import TELLING, declared, hides

Element: TypeAlias = Any
"""An lxml element; lxml has no types of its own."""

UNSEEN = frozenset(
    "script style noscript template iframe frame frameset object embed applet svg math canvas audio video map area "  # noqa: SIM905
    "head title meta link base input select button textarea option optgroup datalist rt rp del s strike".split()
)
_NEVER_SEEN = UNSEEN | {etree.Comment, etree.ProcessingInstruction, etree.Entity}
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer "  # noqa: SIM905
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}

_NO_WIDTH = ("\u200b", "\ufeff")


def is_element(node: Element) -> bool:
    """Whether a node is an element, and not a comment or a processing instruction."""
    return isinstance(node.tag, str)


def is_unseen(element: Element) -> bool:
    """Whether a browser shows nothing of the element."""
    tag = element.tag
    if tag in _NEVER_SEEN:
        return True
    names = element.keys()  # as most have none: looking for one by its name takes several times as long
    if not names:
        return bool(tag == "dialog")
    if "style" in names and _hides(element.get("style")):
        return True
    return "hidden" in names or (tag == "dialog" and "open" not in names)


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
