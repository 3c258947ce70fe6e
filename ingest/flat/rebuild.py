"""
Tables out of text that lost them: one cell a line (tabs, bars or nothing between), bars, columns of blanks.

`rebuild` takes the blocks of a document as a reader found them. A block may hold several lines; the end of a block
counts as a blank line, and tabs at the start of a line are looked at, so readers hand lines over as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.documents.model import Block, Cell, Table
from ingest.flat import shapes
from ingest.flat.bar_lines import bar_lines
from ingest.flat.glued import glued
from ingest.flat.lines import Found, Line
from ingest.flat.marked import barred, tabbed
from ingest.flat.numbers_alone import join_figures
from ingest.flat.one_line import split_tables
from ingest.flat.unmarked import blank_columns, cell_a_line

VERSION = f"19.{shapes.WORDS_VERSION}"
"""Raised when other tables are found than before, so that the documents concerned are read again."""


def rebuild(parts: list[Block | Table]) -> list[Block | Table]:
    """
    The parts with flattened tables as tables; every block without one comes back as it was.

    They are of kind `flat`, or `grid` where marks leave no doubt of their columns.

    A block of which only some lines are a table is split; its other lines stay blocks of the same kind, in order.
    """
    rebuilt: list[Block | Table] = []
    run: list[Block] = []
    for part in parts:
        if isinstance(part, Block) and part.kind == "paragraph":
            run.append(part)
        else:
            rebuilt += _rebuild_run(run)
            run = []
            rebuilt.append(part)
    return rebuilt + _rebuild_run(run)


def _rebuild_run(blocks: list[Block]) -> list[Block | Table]:
    """One run of paragraphs without anything else between."""
    blocks = join_figures(blocks)
    lines = _lines(blocks)
    found: list[Found] = []
    for finder in (tabbed, bar_lines, barred, glued, blank_columns, cell_a_line):
        for start, end in list(_free(found, len(lines))):
            found += finder(lines, start, end)
        found.sort(key=lambda table: table.start)
    return _parts(blocks, lines, found)


def _lines(blocks: list[Block]) -> list[Line]:
    lines: list[Line] = []
    for number, block in enumerate(blocks):
        gap = True
        for text in block.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            # a line of a tab alone is an empty cell, any other blank line parts rows
            if shapes.bare(text) or "\t" in text:
                for piece in split_tables(text):
                    lines.append(Line(piece, gap, number, block.page, block.confidence))
                    gap = False
            else:
                gap = True
    return lines


def _free(found: list[Found], count: int) -> Iterator[tuple[int, int]]:
    start = 0
    for table in found:
        if table.start > start:
            yield start, table.start
        start = table.end
    if start < count:
        yield start, count


def _parts(blocks: list[Block], lines: list[Line], found: list[Found]) -> list[Block | Table]:
    """Blocks and tables in order; blocks that no table touches are the very same objects."""
    taken = {index: table for table in found for index in range(table.start, table.end)}
    touched = {lines[index].block for index in taken}
    parts: list[Block | Table] = []
    index = 0
    for number, block in enumerate(blocks):
        own = []
        while index < len(lines) and lines[index].block == number:
            own.append(index)
            index += 1
        if number not in touched:
            parts.append(block)
            continue
        rest: list[str] = []
        for at in own:
            if at not in taken:
                rest.append(lines[at].text)
                continue
            if rest:
                parts.append(replace(block, text="\n".join(rest)))
                rest = []
            if at == taken[at].start:
                parts.append(_table(taken[at]))
        if rest:
            parts.append(replace(block, text="\n".join(rest)))
    return parts


def _table(found: Found) -> Table:
    cells = [
        Cell(row, col, piece.text, page=piece.page, confidence=piece.confidence)
        for row, pieces in enumerate(found.rows, 1)
        for col, piece in enumerate(pieces, 1)
    ]
    return Table(cells, kind=found.kind)
