"""Lines to paragraphs: blocks of several lines are taken apart, and lines broken at a fixed width put together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace

from ingest.documents.model import Block, Table
from ingest.words import version_of, words_for

_STARTING_WORDS = words_for("paragraph_start")
VERSION = f"2.{version_of(_STARTING_WORDS)}"
"""Raised when lines become other paragraphs than before, so that all documents are read again."""

_MIN_WIDTH, _MAX_WIDTH = 40, 120
_START = re.compile(
    r"\s|[（(]?[一二三四五六七八九十]{1,3}[、）).．]|[（(]?\d{1,2}[）)、.．](?!\d)|第[一二三四五六七八九十]+[章节条部]|[●■◆○•·*-]|"
    + _STARTING_WORDS
)


def split_paragraphs(parts: list[Block | Table]) -> list[Block | Table]:
    """The parts with a block for each paragraph: line ends in a block end a paragraph, unless the text is wrapped."""
    width = wrap_width([line for part in parts if isinstance(part, Block) for line in part.text.split("\n")])
    result: list[Block | Table] = []
    for part in parts:
        if isinstance(part, Table) or "\n" not in part.text:
            result.append(part)
            continue
        result += [replace(part, text=text) for text in _paragraphs(part.text.split("\n"), width) if text.strip()]
    return result


def wrap_width(lines: list[str]) -> int | None:
    """The width, in columns, at which the lines were broken, or None where paragraphs stand on one line each."""
    if any(len(line.rstrip()) > _MAX_WIDTH for line in lines):
        return None
    widths = Counter(display_width(line) for line in lines if line.strip())
    long_lines = sum(count for width, count in widths.items() if width >= _MIN_WIDTH)
    if long_lines < 5:
        return None
    widest = max(widths)
    if widest > _MAX_WIDTH:
        return None
    full = sum(count for width, count in widths.items() if width >= widest - 3)
    return widest if full >= 0.4 * long_lines else None


def display_width(text: str) -> int:
    """Columns on a terminal: two for a wide character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text.rstrip())


def _paragraphs(lines: list[str], width: int | None) -> list[str]:
    paragraphs: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and paragraphs and not _START.match(line):
            paragraphs[-1] += line.strip()
        else:
            paragraphs.append(line)
        goes_on = width is not None and display_width(line) >= width - 3
    return paragraphs
