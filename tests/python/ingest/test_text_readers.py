"""Plain text and Markdown to blocks and tables, and lines to paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.documents.model import Block, Document, Table
from ingest.documents.wrapping import display_width, wrap_width
from ingest.errors import RejectError
from ingest.limits import Limits
from ingest.readers import READERS, read_document

LIMITS = Limits()
PARAGRAPH = (
    "本年度，本镇通过县政府门户网站、政务新媒体和村级公开栏主动公开各类政府信息三百余条，其中财政预决算信息四条，"
    "民生保障类信息一百二十条，办事指南类信息五十六条，其余为工作动态，群众普遍反映查阅方便、内容清楚。"
)


def read(name: str, text: str) -> Document:
    return read_document(READERS[name], text.encode(), f"a.{name}", LIMITS)


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks()]


def test_a_line_is_a_paragraph_and_blank_lines_are_none() -> None:
    assert texts(read("txt", "标题\n\n　　一、概况\n　　全文。\n\n\n落款\n")) == [
        "标题",
        "　　一、概况",
        "　　全文。",
        "落款",
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\u2028"])
def test_every_line_end_ends_a_line(end: str) -> None:
    assert texts(read("txt", f"第一行{end}第二行{end}")) == ["第一行", "第二行"]


def test_a_form_feed_begins_a_page() -> None:
    document = read("txt", "第一页\f第二页")
    assert document.page_count == 2
    assert [block.page for block in document.blocks()] == [1, 2]


@pytest.mark.parametrize("columns", [60, 72, 78])
def test_lines_broken_at_a_width_become_paragraphs_again(columns: int) -> None:
    paragraphs = [f"　　{PARAGRAPH}", f"　　二、{PARAGRAPH}", f"　　{PARAGRAPH[:40]}。"]
    wrapped = "\n".join(wrap(paragraph, columns) for paragraph in paragraphs)
    assert texts(read("txt", wrapped)) == paragraphs


def wrap(text: str, columns: int) -> str:
    lines = [""]
    for character in text:
        if display_width(lines[-1] + character) > columns:
            lines.append("")
        lines[-1] += character
    return "\n".join(lines)


def test_lines_of_their_own_stay_apart() -> None:
    lines = [f"{number}.{PARAGRAPH[: 10 + 7 * number]}" for number in range(1, 9)]
    assert wrap_width(lines) is None
    assert texts(read("txt", "\n".join(lines))) == lines


def test_flattened_tables_are_rebuilt() -> None:
    rows = "\n".join(["信息内容 | 本年制发件数 | 本年废止件数", "规章 | 0 | 0", "行政规范性文件 | 3 | 1"])
    document = read("txt", f"主动公开情况\n\n{rows}\n\n其他情况无。")
    table = next(document.tables())
    # Every row is as long as the others, so that its marks leave no doubt about the columns.
    assert (table.kind, len(table.cells)) == ("grid", 9)
    assert texts(document) == ["主动公开情况", "其他情况无。"]


def test_too_much_text_is_rejected_before_it_is_decoded() -> None:
    with pytest.raises(RejectError) as rejected:
        read_document(READERS["txt"], b"a" * 401, "a.txt", Limits.parse(["chars=100"]))
    assert rejected.value.reason_code == "too_many_characters"


MARKDOWN = """\
# 某县2021年报告

正文**重点**，见[官网](http://example.org/a(b))。
续行。

小标题
------

| 项目 | 数量 |
|:----|----:|
| 一、新收 | 12 |
| 含竖线\\|的 |  |

---
* 列表一
"""


def test_markdown_headings_tables_and_marks() -> None:
    document = read("md", MARKDOWN)
    headings = [(block.text, block.heading_level) for block in document.blocks() if block.kind == "heading"]
    assert headings == [("某县2021年报告", 1), ("小标题", 2)]
    table = next(document.tables())
    assert table.kind == "grid"
    assert [(cell.row, cell.col, cell.text) for cell in table.cells] == [
        (1, 1, "项目"),
        (1, 2, "数量"),
        (2, 1, "一、新收"),
        (2, 2, "12"),
        (3, 1, "含竖线|的"),
        (3, 2, ""),
    ]
    assert "正文重点，见官网。" in "".join(texts(document)).replace(")", "")


def test_markdown_cells_pushed_to_the_left_are_no_columns() -> None:
    rows = "| 类 | 甲 | 乙 | |\n|--|--|--|--|\n| 新收 | 4 | 1 | |\n| 结果 | 予以公开 | 3 | 0 |\n"
    table = next(read("md", rows).tables())
    assert table.kind == "flat"
    assert [cell.text for cell in table.cells] == ["类", "甲", "乙", "新收", "4", "1", "结果", "予以公开", "3", "0"]


def test_a_table_stands_between_its_blocks() -> None:
    parts = read("md", "前\n\n| 甲 | 乙 |\n|--|--|\n| 1 | 2 |\n后\n").parts
    assert [type(part) for part in parts] == [Block, Table, Block]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"]) | st.sampled_from("\n\t|#-*`_[]() 　")))
def test_no_text_breaks_the_text_readers(text: str) -> None:
    for name in ("txt", "md"):
        document = read(name, text)
        assert all("\n" not in block.text for block in document.blocks())


@given(st.lists(st.text(st.sampled_from("本年收到申请0123456789件。，一、（）"), min_size=1, max_size=60), max_size=30))
def test_plain_text_loses_no_character(lines: list[str]) -> None:
    document = read("txt", "\n".join(lines))
    kept = "".join(block.text for block in document.blocks())
    kept += "".join(cell.text for table in document.tables() for cell in table.cells)
    assert sorted(kept) == sorted("".join(lines))
