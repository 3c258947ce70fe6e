"""Words by which readers know what is what on a page: each row by its example, and what a changed row sets off."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from helpers.command import ROOT

from ingest import words
from ingest.errors import GongkaiError
from ingest.flat import shapes
from ingest.readers import READERS, reader_version
from ingest.web import article

ROWS = list(csv.DictReader((ROOT / "seeds/documents/page_words.csv").open(encoding="utf-8", newline="")))
WHOLE = {"frame_name", "article_name", "place_label", "first_page", "publisher", "byline"}
"""Kinds of which nothing else may stand in a name, or between a label and its colon."""
ANYWHERE = {"title_name", "counter", "foot", "table_title"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}: {row['pattern']}")
def test_a_row_finds_its_example(row: dict[str, str]) -> None:
    find = re.fullmatch if row["kind"] in WHOLE else re.search if row["kind"] in ANYWHERE else re.match
    assert find(row["pattern"], row["example"], re.IGNORECASE)


def of_kind(kind: str) -> list[str]:
    return [row["example"] for row in ROWS if row["kind"] == kind]


@pytest.fixture(scope="module")
def labels() -> list[str]:
    with (ROOT / words._PAGE_LABELS).open(encoding="utf-8", newline="") as file:
        return [row["label"] for row in csv.DictReader(file) if row["kept"] == "true"]


def test_the_patterns_made_of_the_rows_find_all_examples(labels: list[str]) -> None:
    furniture = [*of_kind("neighbour"), *of_kind("share"), *of_kind("widget")]
    assert [text for text in furniture if not article._BEGINS_FURNITURE.match(text)] == []
    assert [text for text in of_kind("counter") + of_kind("foot") if not article._HOLDS_FURNITURE.search(text)] == []
    assert [text for text in labels if not article._LABELLED.search(f"{text}：甲")] == []
    assert [text for text in of_kind("byline") if not article._BYLINE_DAY.match(f"2021-01-20 {text}：甲")] == []
    assert all(article._BREADCRUMB.match(f"{text}：") for text in of_kind("place_label"))
    assert all(shapes.is_table_title(text) for text in of_kind("table_title"))


@pytest.mark.parametrize("text", ["3篇", "12万条", "5人次", "（件）", "%", "3.5‰", "120人次数"])
def test_measure_words_of_cells_stand_behind_a_figure_or_alone(text: str) -> None:
    assert shapes.is_unit(text) or shapes.is_number(text)


def test_figures_of_any_length_are_numbers_before_each_measure_word() -> None:
    rows = csv.DictReader((ROOT / words._MEASURE_WORDS).open(encoding="utf-8", newline=""))
    of_cells = [row["word"] for row in rows if row["in_cells"] == "true"]
    assert [word for word in of_cells if not shapes.is_number(f"{'1' * 60}{word}")] == []
    goes_on = "，其中行政许可办理结果信息公开两百余次，全部按时办结"
    assert [word for word in of_cells if shapes.is_number(f"3{word}{goes_on}")] == []


@pytest.mark.parametrize("text", ["3辆", "辆", "3类"])
def test_other_measure_words_are_no_cells(text: str) -> None:
    assert not shapes.is_unit(text) and not shapes.is_number(text)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the seeds from which the words are read."""
    for name in (words._PAGE_WORDS, words._PAGE_LABELS, words._MEASURE_WORDS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setenv("GONGKAI_PROJECT", str(tmp_path))
    words._rows.cache_clear()
    yield tmp_path
    words._rows.cache_clear()


def test_a_changed_row_is_another_version(project: Path) -> None:
    before = words.version_of(words.words_for("foot"))
    with (project / words._PAGE_WORDS).open("a", encoding="utf-8") as file:
        file.write("foot,技术支持,技术支持：某公司\n")
    words._rows.cache_clear()
    assert "技术支持" in words.words_for("foot")
    assert words.version_of(words.words_for("foot")) != before


def test_the_words_are_part_of_the_versions_of_what_goes_by_them() -> None:
    assert article.WORDS_VERSION in reader_version(READERS["html"])
    assert article.WORDS_VERSION in reader_version(READERS["mht"])
    assert article.WORDS_VERSION not in reader_version(READERS["docx"])
    assert all(shapes.WORDS_VERSION in reader_version(READERS[name]) for name in ("html", "docx", "txt", "pdf", "png"))


def test_a_seed_with_the_mark_that_excel_writes_is_read(project: Path) -> None:
    path = project / words._PAGE_WORDS
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    words.check_words()
    assert words.words_for("title_name") == "(?:title|biaoti)"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"kind,pattern,example\nfoot,(a,b\n", r"page_words\.csv, line 2: \(a is no regular expression"),
        (b"kind,pattern,example\nfoot,a{0,4},aa\n", r"page_words\.csv, line 2: more or fewer fields"),
        (b"kind,pattern,example\nfoot,,aa\n", r"page_words\.csv, line 2: pattern is empty"),
        (b"kind,words\nfoot,aa\n", r"page_words\.csv: has no column pattern"),
        ("kind,pattern,example\nfoot,版权,版权\n".encode("gbk"), r"page_words\.csv: is no CSV file in UTF-8"),
        (None, r"page_words\.csv cannot be read"),
    ],
)
def test_a_broken_seed_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, message: str
) -> None:
    path = project / words._PAGE_WORDS
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    monkeypatch.chdir(project)
    with pytest.raises(GongkaiError, match=message):
        words.check_words()
