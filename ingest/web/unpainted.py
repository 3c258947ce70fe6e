"""Letters that a browser paints without size, in no colour, or white on white: dropped from the tree of a page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ingest.web.declared import is_ground, is_white
from ingest.web.dom import BLOCKS, Element, is_element, is_unseen, shown_text, squeezed
from ingest.web.style_sheets import Sheets

_MOST = 0.5
"""Share of a page's text that may be unpainted: of a page that shows less, something is not understood."""


@dataclass(frozen=True, slots=True)
class _Ink:
    """What letters inherit: size and colour; and what they stand on, and the block that they stand in."""

    has_no_size: bool = False
    is_white: bool = False
    is_clear: bool = False
    has_ground: bool = False
    block: Element = None


def drop_unpainted(root: Element, sheets: Sheets) -> None:
    """Drop the texts of a page that are not painted. `sheets` are its own."""
    body = root.find("body")
    if body is None:
        return
    white: list[tuple[Element, str, Element]] = []
    unpainted: list[tuple[Element, str, Element]] = []
    painted: set[Element] = set()
    stack = [(body, _Ink(block=body))]
    while stack:
        element, outer = stack.pop()
        if is_unseen(element):
            continue
        ink = _ink(element, outer, sheets)
        places = [(element, "text"), *((child, "tail") for child in element)]
        for place, part in places:
            if not squeezed(getattr(place, part) or ""):
                continue
            if ink.has_no_size or ink.is_clear:
                unpainted.append((place, part, ink.block))
            elif ink.is_white and not ink.has_ground:
                white.append((place, part, ink.block))
            else:
                painted.add(ink.block)
        stack += [(child, ink) for child in element if is_element(child)]
    # What stands on a ground of a sheet elsewhere may be seen, but not beside letters that are seen on that ground.
    is_whole = root.find(".//link[@rel='stylesheet']") is None
    unpainted += [place for place in white if is_whole or place[2] in painted]
    chars = sum(len(squeezed(getattr(element, part))) for element, part, _ in unpainted)
    if chars <= _MOST * len(squeezed(shown_text(body))):
        for element, part, _ in unpainted:
            setattr(element, part, "")


def _ink(element: Element, outer: _Ink, sheets: Sheets) -> _Ink:
    found = sheets.decided(element)
    ink = replace(outer, block=element) if element.tag in BLOCKS else outer
    if element.tag == "font" and element.get("color"):
        found = {"white": is_white(element.get("color")), "clear": False} | found
    elif element.tag == "a" and element.get("href"):
        found = {"white": False, "clear": False} | found
    if is_ground(element.get("bgcolor", "")) or element.get("background"):
        found = {"background": True} | found
    return replace(
        ink,
        has_no_size=found.get("font-size", ink.has_no_size),
        is_white=found.get("white", ink.is_white),
        is_clear=found.get("clear", ink.is_clear),
        has_ground=ink.has_ground or found.get("background", False),
    )
