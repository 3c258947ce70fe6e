"""Glyphs in, glyphs out: what stands on the pages of a PDF stands in its blocks and tables, whatever the layout."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from helpers.command import ROOT
from helpers.pdf_pages import Canvas, Draw, pdf, prose, table, text

from ingest.documents.model import Block, Table
from ingest.layout.assemble import parts_of
from ingest.layout.marks import PageMarks, lines_of
from ingest.limits import Limits
from ingest.readers.pdfium import open_pdf, page_text

CORPUS = os.environ.get("GONGKAI_CORPUS")
FILES = sorted(
    path
    for folder in (ROOT / "samples", ROOT / "tests", *([Path(CORPUS)] if CORPUS else []))
    for path in folder.rglob("*.pdf")
)
NAMES = ["（一）收到申请数", "1.当面申请数", "2.传真申请数", "3.网络申请数", "4.信函申请数"]


def pages_of(data: bytes) -> list[PageMarks]:
    document = open_pdf(data, Limits())
    try:
        return [page_text(document, index).marks for index in range(len(document))]
    finally:
        document.close()


def counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(character for text in texts for character in text if not character.isspace())


def texts(parts: list[Block | Table]) -> Iterable[str]:
    for part in parts:
        yield from (cell.text for cell in part.cells) if isinstance(part, Table) else (part.text,)


def on_several_pages(pages: list[PageMarks]) -> Counter[str]:
    """Lines at the heads and feet of pages: running heads stand once, page numbers not at all."""
    edges = [line for page in pages for lines in (lines_of(page.glyphs),) for line in (*lines[:3], *lines[-3:])]
    return counted(line.text for line in edges)


def vertical(canvas: Canvas) -> None:
    """A label written downwards in a narrow column that no line parts from the labels beside it."""
    rows: list[list[tuple[str, int, int] | str | None]] = [
        [f"      （{mark}）予以公开情形的数量", "12"] for mark in "一二三四五六"
    ]
    table(canvas, 100, [200, 80], rows, height=16)
    for number, character in enumerate("三、本年度办理结果"):
        text(canvas, 76, 99 + number * 10.5, character, 9)


def between(canvas: Canvas) -> None:
    """A table without lines, in which a unit and a figure stand between the two lines of their label."""
    for number, name in enumerate(NAMES):
        text(canvas, 80, 100 + 24 * number, name, 9)
        text(canvas, 330, 100 + 24 * number, "件", 9)
        text(canvas, 420, 100 + 24 * number, str(30 + number), 9)
    text(canvas, 80, 218, "（四）政府信息公开专项经费（不包括用于政府公报编", 9)
    text(canvas, 80, 230, "辑管理及政府网站建设维护等方面的经费）", 9)
    text(canvas, 330, 224, "万元", 9)
    text(canvas, 420, 224, "29.5", 9)
    text(canvas, 80, 246, "（五）从事政府信息公开工作人员数", 9)
    text(canvas, 330, 246, "人", 9)
    text(canvas, 420, 246, "72", 9)


def running(canvas: Canvas) -> None:
    text(canvas, 80, 30, "某某县水务局2021年政府信息公开工作年度报告")
    prose(canvas, 100, "本机关全年主动公开政府信息一千二百条，其中网站公开八百条，微信公众号公开四百条。" * 4)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_on_the_pages_of_a_file_is_lost(path: Path) -> None:
    pages = pages_of(path.read_bytes())
    before, after = (
        counted(line.text for page in pages for line in lines_of(page.glyphs)),
        counted(texts(parts_of(pages))),
    )
    assert after - before == Counter()
    assert (before - after) - on_several_pages(pages) == Counter()


@pytest.mark.parametrize("draw", [vertical, between, running], ids=lambda draw: draw.__name__)
def test_nothing_of_a_hard_layout_is_lost(draw: Draw) -> None:
    pages = pages_of(pdf(draw))
    before, after = (
        counted(line.text for page in pages for line in lines_of(page.glyphs)),
        counted(texts(parts_of(pages))),
    )
    assert after == before


def rows(draw: Draw) -> list[list[str]]:
    [found] = [part for part in parts_of(pages_of(pdf(draw))) if isinstance(part, Table)]
    return [
        [cell.text for cell in found.cells if cell.row == row] for row in sorted({cell.row for cell in found.cells})
    ]


def test_a_figure_between_the_lines_of_its_label_is_that_labels() -> None:
    assert rows(between)[-2] == [
        "（四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）", "万元", "29.5",
    ]  # fmt: skip


def test_a_label_written_downwards_is_a_column_of_its_own() -> None:
    found = rows(vertical)
    assert found[0] == ["三、本年度办理结果", "（一）予以公开情形的数量", "12"]
    assert found[1:] == [[f"（{mark}）予以公开情形的数量", "12"] for mark in "二三四五六"]
