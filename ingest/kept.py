"""Keeping what short texts come to."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_MOST, _LONGEST = 4_096, 40
_Told = TypeVar("_Told")


def kept(tell: Callable[[str], _Told]) -> Callable[[str], _Told]:
    """Keep what was told of short texts: labels and figures of forms are the same again and again.

    What is told must be a value that nobody changes.
    """
    of_short = lru_cache(_MOST)(tell)

    @wraps(tell)
    def told(text: str) -> _Told:
        return of_short(text) if len(text) <= _LONGEST else tell(text)

    return told
