"""Marks of notes (231¹): kept as superscripts, so that they never read as a part of the figure that they mark."""

from __future__ import annotations

import re

_DIGITS, _RAISED = "0123456789()（）", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁽⁾"
_UP = str.maketrans(_DIGITS, _RAISED)
_DOWN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARK = re.compile(r"\s*注?[(（]?[0-9]{1,2}(?:[,，、-][0-9]{1,2})*[)）]?\s*$")
_NOTHING_ELSE = re.compile(r"\s*[⁰¹²³⁴⁵⁶⁷⁸⁹]+\s*$")


def raised(text: str) -> str:
    """Text that stands raised: as superscripts where it is the number of a note, else as it is."""
    return text.translate(_UP) if _MARK.match(text) else text


def set_level(text: str) -> str:
    """A text in which nothing but raised digits stands: they mark nothing, and are a figure."""
    return text.translate(_DOWN) if _NOTHING_ELSE.match(text) else text
