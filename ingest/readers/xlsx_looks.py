"""Texts of the cells of a .xlsx as they look: without what is struck out, white on white, or in a format of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from ingest.documents.notes import raised, set_level
from ingest.readers.ooxml import OFF, Package, attribute, child, local
from ingest.readers.sheet_formulas import At, column_number

_MAY_HIDE = re.compile(rb"<(?:\w+:)?strike\b|FFFFFF|;;|vertAlign|theme=\"0\"|indexed=\"(?:1|9)\"")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
_WHITE_OF_PALETTE = {"1", "9"}
_SHOWS_NOTHING = re.compile(r'(?:"")?(?:;(?:"")?){1,3}$|(?:"")?;(?:"")?;(?:"")?;')
"""No section of a format for numbers shows any; a fourth is of texts."""

_Each = TypeVar("_Each")


@dataclass(frozen=True, slots=True)
class _Look:
    """How letters look, or a cell: on a ground of its own, or in a format that shows no number."""

    is_struck: bool = False
    is_white: bool = False
    is_raised: bool = False
    has_ground: bool = False
    shows_no_number: bool = False


_PLAIN = _Look()


class Looks:
    """The looks of a workbook's cells, and its strings of several looks."""

    def __init__(self, package: Package, main: str) -> None:
        parts = dict(package.relationships(main).values())
        self._cells = list(_cell_looks(_root(package, parts.get("styles", ""))))
        strings = _root(package, parts.get("sharedStrings", ""))
        self._strings: dict[str, etree._Element] = {}
        if strings is not None:
            for number, item in enumerate(each for each in strings if local(each) == "si"):
                if any(_look_of(child(run, "rPr")) != _PLAIN for run in item if local(run) == "r"):
                    self._strings[str(number)] = item

    def may_hide(self, sheet: bytes) -> bool:
        """Whether any cell of a sheet may look other than its text."""
        return bool(self._strings) or any(look != _PLAIN for look in self._cells) or b"<rPr" in sheet

    def texts(self, sheet: etree._Element) -> Iterator[tuple[At, str]]:
        """The cells of which a reader sees another text than the file holds, with that text."""
        # a table with a design of its own, or what a condition colours, may stand on any ground
        has_design = any(local(element) in ("tablePart", "conditionalFormatting") for element in sheet.iter())
        for cell in sheet.iter():
            if local(cell) != "c":
                continue
            reference = _REFERENCE.match(cell.get("r", ""))
            if reference is None:
                continue
            look = self._look_at(cell.get("s", "0"))
            is_on_paper = not (look.has_ground or has_design)
            at = int(reference[2]) - 1, column_number(reference[1])
            kind = cell.get("t", "n")
            if look.is_struck or (look.is_white and is_on_paper) or (look.shows_no_number and kind in ("n", "str")):
                yield at, ""
                continue
            item = self._strings.get(_value(cell)) if kind == "s" else child(cell, "is")
            if item is not None and any(local(run) == "r" for run in item):
                yield at, _seen(item, is_on_paper)

    def _look_at(self, number: str) -> _Look:
        return self._cells[int(number)] if number.isdecimal() and int(number) < len(self._cells) else _PLAIN


def _seen(item: etree._Element, is_on_paper: bool) -> str:
    """The text of a string of several looks."""
    pieces: list[str] = []
    for run in item:
        if local(run) == "t":
            pieces.append(run.text or "")
        if local(run) != "r":
            continue
        look, text = _look_of(child(run, "rPr")), "".join(each.text or "" for each in run if local(each) == "t")
        if not look.is_struck and not (look.is_white and is_on_paper):
            pieces.append(raised(text) if look.is_raised else text)
    return set_level("".join(pieces))


def _root(package: Package, name: str) -> etree._Element | None:
    """A part's XML, None where it is not there or cannot hide anything."""
    return package.xml(name) if name in package and _MAY_HIDE.search(package.read(name)) else None


def _cell_looks(styles: etree._Element | None) -> Iterator[_Look]:
    """The look that each style of cells gives, in their order."""
    if styles is None:
        return
    fonts = [_look_of(font) for font in _children(styles, "fonts")]
    grounds = [_is_ground(fill) for fill in _children(styles, "fills")]
    formats = {each.get("numFmtId", ""): each.get("formatCode", "") for each in _children(styles, "numFmts")}
    for style in _children(styles, "cellXfs"):
        font = _at(fonts, style.get("fontId"), _PLAIN)
        yield _Look(
            font.is_struck,
            font.is_white,
            has_ground=_at(grounds, style.get("fillId"), False),
            shows_no_number=bool(_SHOWS_NOTHING.match(formats.get(style.get("numFmtId", ""), ""))),
        )


def _look_of(font: etree._Element | None) -> _Look:
    struck, colour = child(font, "strike"), child(font, "color")
    height = child(font, "vertAlign")
    return _Look(
        struck is not None and attribute(struck, "val") not in OFF,
        _is_white(colour),
        height is not None and attribute(height, "val") in ("superscript", "subscript"),
    )


def _is_white(colour: etree._Element | None) -> bool:
    if colour is None or colour.get("tint", "0") not in ("0", "0.0"):
        return False
    return bool(
        colour.get("rgb", "").upper().endswith("FFFFFF")
        or colour.get("theme") == "0"
        or colour.get("indexed") in _WHITE_OF_PALETTE
    )


def _is_ground(fill: etree._Element) -> bool:
    pattern = child(fill, "patternFill")
    if pattern is None:
        return child(fill, "gradientFill") is not None
    if pattern.get("patternType", "none") == "solid":
        return not _is_white(child(pattern, "fgColor"))
    return bool(pattern.get("patternType", "none") != "none")


def _children(styles: etree._Element, name: str) -> list[etree._Element]:
    found = child(styles, name)
    return list(found) if found is not None else []


def _at(items: list[_Each], number: str | None, missing: _Each) -> _Each:
    return items[int(number)] if number is not None and number.isdecimal() and int(number) < len(items) else missing


def _value(cell: etree._Element) -> str:
    value = child(cell, "v")
    return (value.text or "") if value is not None else ""
