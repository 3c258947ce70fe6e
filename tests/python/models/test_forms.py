"""Form tables are read right: every table of form_tables.txt gives the figures written below it, and no others; an
application table spoilt in two ways at once gives no wrong figure, and nearly all.

All tables become one small warehouse, each case a document of its own, which one dbt run builds.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from helpers.command import ROOT
from helpers.mutated_forms import tables
from helpers.project import build_models

from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work, read_work

Figure = tuple[str, str, Decimal]
Cell = tuple[int, int, int, int, str]
APPLICANTS = ["natural_person", "enterprise", "research", "public_interest", "legal_service", "other", "all"]


@dataclass
class Case:
    """What a case is about, its tables as lines, and the figures that must come out of it."""

    title: str
    tables: list[list[str]] = field(default_factory=lambda: [[]])
    figures: Counter[Figure] = field(default_factory=Counter)


def read_cases(path: Path) -> list[Case]:
    cases: list[Case] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            cases.append(Case(line[3:]))
        elif line.startswith("= "):
            indicator, *figures = line[2:].split()
            for applicant, figure in zip(APPLICANTS if len(figures) > 1 else ["all"], figures, strict=True):
                cases[-1].figures[indicator, applicant, Decimal(figure)] += 1
        elif line and cases:
            cases[-1].tables[-1].append(line)
        elif cases and cases[-1].tables[-1]:
            cases[-1].tables.append([])
    return cases


def cells(lines: list[str]) -> Iterator[Cell]:
    """The cells of a table: row, column, rows and columns spanned, text. Spans push later cells aside."""
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(lines, start=1):
        column = 1
        for text in line.split("|"):
            while (row, column) in taken:
                column += 1
            spans = re.match(r"\{(\d)x(\d)\}", text)
            rows, columns = map(int, spans.groups()) if spans else (1, 1)
            taken |= {(row + down, column + right) for down in range(rows) for right in range(columns)}
            yield row, column, rows, columns, text[spans.end() :] if spans else text


CASES = read_cases(ROOT / "tests" / "python" / "data" / "form_tables.txt")
SPOILT = tables()


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[Figure]]:
    """The figures read from each case, by its title."""
    published = tmp_path_factory.mktemp("forms") / "gongkai.duckdb"
    grids = {(case.title, number): lines for case in CASES for number, lines in enumerate(case.tables, start=1)}
    grids |= {(title, 1): lines for title, (lines, _) in SPOILT.items()}
    placed = pa.table(
        list(
            zip(
                *(
                    (title, number, "flat" if lines[:1] == ["flat"] else "grid", *cell)
                    for (title, number), lines in grids.items()
                    for cell in cells(lines[1:] if lines[:1] == ["flat"] else lines)
                ),
                strict=True,
            )
        ),
        names=["document_id", "table_no", "table_kind", "row_no", "col_no", "row_span", "col_span", "text"],
    )
    with open_work(Warehouse(published)) as connection:
        connection.register("placed", placed)
        connection.execute("insert into raw.table_cells by name select *, 0 as after_block_no from placed")
        connection.execute(
            "insert into raw.documents by name select distinct document_id, document_id as source_file,"
            " '' as archive_member, 'text/plain' as media_type, 0 as size_bytes, 'txt' as reader,"
            " '1' as reader_version,"
            " 0 as char_count, false as ocr_used, '{}' as properties, current_date as first_seen_at,"
            " current_date as last_seen_at, '1' as content_version from placed"
        )
    assert build_models(published, "int_cells_matched").failures == []
    found: dict[str, Counter[Figure]] = defaultdict(Counter)
    with read_work(Warehouse(published)) as connection:
        query = "select document_id, indicator_code, applicant_type, value from intermediate.int_cells_matched"
        for title, *figure in connection.execute(query).fetchall():
            found[title][figure[0], figure[1], figure[2]] += 1
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_all_figures_of_a_table_are_read_and_no_others(case: Case, figures: dict[str, Counter[Figure]]) -> None:
    assert figures[case.title] == case.figures


@pytest.mark.parametrize("title", SPOILT)
def test_a_spoilt_table_gives_no_wrong_figure_and_nearly_all(title: str, figures: dict[str, Counter[Figure]]) -> None:
    _, truth = SPOILT[title]
    found = set(figures[title])
    assert not found - truth
    # several ways to put split digits together may add up: then none is taken
    assert len(truth - found) <= (0.2 if "two cells" in title else 0.03) * len(truth)
