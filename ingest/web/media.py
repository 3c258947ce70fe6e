"""Conditions of style sheets: whether they hold on a screen as people read pages at a desk."""

from __future__ import annotations

import re

WIDTH, HEIGHT = 1440, 900
"""Pixels of the screen that is thought of: conditions for narrow ones are those of phones."""
_PIXELS = {"px": 1.0, "em": 16.0, "rem": 16.0, "pt": 96 / 72, "cm": 96 / 2.54, "in": 96.0}
_MEDIUM = re.compile(r"(?:(not|only)\s+)?([a-z]+)$")
_BOUND = re.compile(r"\((min|max)-(?:device-)?(width|height)\s*:\s*(\d*\.?\d+)([a-z]+)\s*\)$")
_RANGE = re.compile(r"\((width|height)\s*(<=?|>=?)\s*(\d*\.?\d+)([a-z]+)\s*\)$")
_ORIENTATION = re.compile(r"\(orientation\s*:\s*landscape\s*\)$")


def is_for_screens(conditions: str) -> bool:
    """Whether any of a list of conditions holds; one that is not understood does not."""
    each = [condition.strip() for condition in conditions.lower().split(",")]
    return each == [""] or any(condition and _holds(condition) for condition in each)


def _holds(condition: str) -> bool:
    parts = [part.strip() for part in re.split(r"\band\b", condition)]
    medium = _MEDIUM.match(parts[0])
    if medium is None:
        return all(map(_is_so, parts))
    is_screen = medium[2] in ("all", "screen")
    if medium[1] == "not":
        return not is_screen and len(parts) == 1
    return is_screen and all(map(_is_so, parts[1:]))


def _is_so(feature: str) -> bool:
    if bound := _BOUND.match(feature):
        return _compares(bound[2], ">=" if bound[1] == "min" else "<=", bound[3], bound[4])
    if compared := _RANGE.match(feature):
        return _compares(compared[1], compared[2], compared[3], compared[4])
    return _ORIENTATION.match(feature) is not None


def _compares(side: str, sign: str, number: str, unit: str) -> bool:
    """Whether the screen is so wide or high; not where the unit is not known."""
    if unit not in _PIXELS:
        return False
    own, given = (WIDTH if side == "width" else HEIGHT), float(number) * _PIXELS[unit]
    return {">=": own >= given, "<=": own <= given, ">": own > given, "<": own < given}[sign]
