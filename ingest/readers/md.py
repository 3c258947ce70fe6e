"""Markdown: ATX and underlined headings, pipe tables, and paragraphs; marks of emphasis and links are taken off."""

from __future__ import annotations

import re

from ingest.documents.model import Block, Cell, Document, Table
from ingest.flat.lines import filled_length, is_packed
from ingest.limits import Limits
from ingest.readers.txt import decode_text

VERSION = "4"

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_DELIMITER = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|\*|___|__)(?=\S)(.{1,500}?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\n]{0,1000}(?:\([^()\n]{0,200}\)[^()\n]{0,1000})?\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Headings with their level, pipe tables as grid tables, and the runs of lines between them as paragraphs."""
    text, encoding = decode_text(data, limits)
    lines = text.split("\n")
    parts: list[Block | Table] = []
    run: list[str] = []

    def end_run() -> None:
        if any(line.strip() for line in run):
            parts.append(Block("\n".join(run)))
        run.clear()

    number = 0
    while number < len(lines):
        line = lines[number]
        heading = _HEADING.match(line)
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if heading:
            end_run()
            text_of_heading = heading[2].rstrip().rstrip("#").rstrip()
            parts.append(Block(_plain(text_of_heading), "heading", len(heading[1])))
        elif "|" in line and "|" in below and _DELIMITER.match(below):
            end_run()
            end = number + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            parts.append(_table([line, *lines[number + 2 : end]]))
            number = end
            continue
        elif line.strip() and not run and _UNDERLINE.match(below):
            parts.append(Block(_plain(line), "heading", 1 if "=" in below else 2))
            number += 2
            continue
        elif not line.strip():
            end_run()
        elif not _FENCE.match(line) and not (_UNDERLINE.match(line) and not run):
            run.append(_plain(line))
        number += 1
    end_run()
    return Document(parts, encoding=encoding)


def _table(lines: list[str]) -> Table:
    """A pipe table without its delimiter line; all cells of a row stand, but for those that only fill it up."""
    rows = [[_plain(cell).strip() for cell in _cells(line)] for line in lines]
    packed = is_packed(rows)
    cells = [
        Cell(row, col, text)
        for row, texts in enumerate(rows, start=1)
        for col, text in enumerate(texts[: filled_length(texts)] if packed else texts, start=1)
    ]
    return Table(cells, kind="flat" if packed else "grid")


def _cells(line: str) -> list[str]:
    """The cells of a row; a bar after a backslash is text."""
    line = line.strip()
    cells = re.split(r"(?<!\\)\|", line)
    if line.startswith("|"):
        cells = cells[1:]
    if line.endswith("|") and not line.endswith("\\|"):
        cells = cells[:-1]
    return cells


def _plain(text: str) -> str:
    """Text without the marks of emphasis, links and escapes."""
    text = _BREAK_TAG.sub("\n", text)
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text)
