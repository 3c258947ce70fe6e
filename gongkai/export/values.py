"""Values as files that know no lists and no long decimals have them."""

from __future__ import annotations

import math
from decimal import Decimal

EXACT_DIGITS = 15
"""Digits that a double keeps of a number, as in spreadsheets; longer numbers stand as text, so that none is lost."""


def is_exact_double(value: int | float | Decimal) -> bool:
    """Whether a double keeps every digit."""
    if isinstance(value, float):
        return math.isfinite(value)
    return len(Decimal(value).normalize().as_tuple().digits) <= EXACT_DIGITS


def plain(value: object) -> str:
    """A value as people read it: lists joined, numbers without empty decimals."""
    if isinstance(value, list):
        return ";".join(str(item) for item in value if item is not None)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
