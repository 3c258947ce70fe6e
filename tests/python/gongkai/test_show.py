"""`gongkai show`: every figure with its words; `gongkai doctor`: what is there and what is not."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment, run_gongkai
from helpers.contract import contract_warehouse

from gongkai.reports.evidence import value_within
from gongkai.warehouse import Warehouse
from gongkai.warehouse.lock import write_lock


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return contract_warehouse(tmp_path_factory.mktemp("show") / "w.duckdb")


@pytest.mark.parametrize("name", ["0000000000000001", "a/报告.txt", "报告.txt"])
def test_a_report_is_found_by_id_and_by_file(published: Path, gongkai: Gongkai, name: str) -> None:
    done = gongkai("show", name, published=published)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "report 0000000000000001"
    assert "  year: 2020" in lines and "  file: a/报告.txt" in lines
    at = lines.index("收到申请数 [application.received] = 至少12 case")
    assert lines[at + 1] == "    table, page 4, table 1, row 2, column 3"
    assert lines[at + 2] == "    收到 申请数 | 【12】"
    assert any(line.startswith("finding (hard, sum): -1 相差") for line in lines)


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        ("withdrawn_at = timestamp '2026-05-01'", " (withdrawn on 2026-05-01)"),
        ("same_as_report_id = '0000000000000002'", " (the same version as 0000000000000002, which stands for it)"),
        ("version_no = 1", " (a newer version is current)"),
        ("is_current = true", ""),
    ],
)
def test_why_a_report_is_not_current_is_said(tmp_path: Path, gongkai: Gongkai, told: str, standing: str) -> None:
    published = contract_warehouse(
        tmp_path / "w.duckdb",
        "alter table marts.dim_report add column withdrawn_at timestamp; "
        "alter table marts.dim_report add column same_as_report_id varchar; "
        f"update marts.dim_report set {told} where report_id = '0000000000000003'",
    )
    assert gongkai("show", "0000000000000003", published=published).stdout.startswith(
        f"report 0000000000000003{standing}\n"
    )


def test_a_file_that_held_several_versions_is_its_current_one(tmp_path: Path, gongkai: Gongkai) -> None:
    published = contract_warehouse(tmp_path / "w.duckdb", "update marts.dim_report set source_file = 'b.txt'")
    only = "update marts.dim_report set is_current = report_id = '0000000000000002'"
    assert "names 3 reports" in gongkai("show", "b.txt", published=published).stderr
    published = contract_warehouse(
        tmp_path / "one.duckdb", f"update marts.dim_report set source_file = 'b.txt'; {only}"
    )
    assert gongkai("show", "b.txt", published=published).stdout.startswith("report 0000000000000002\n")


def test_prose_is_shown_with_its_section_and_the_words_marked(published: Path, gongkai: Gongkai) -> None:
    done = gongkai("show", "0000000000000002", published=published)
    assert "    negation, 一、依申请公开, paragraph 2\n    本机关【没有收到申请】，" in done.stdout
    assert "约1234567890123456.7891 yuan" in done.stdout
    assert "999" not in done.stdout
    # A report may hold what would steer the terminal; it is shown, not obeyed.
    assert "\x1b" not in done.stdout and "\\x1b[31m" in done.stdout
    everything = gongkai("show", "0000000000000002", "--all", published=published)
    assert "= 999 case (not chosen)" in everything.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [("0000", "names 4 reports"), ("nosuch", "no report is called nosuch"), ("%", "no report is called %")],
)
def test_what_names_no_single_report_is_wrong_usage(published: Path, gongkai: Gongkai, name: str, words: str) -> None:
    done = gongkai("show", name, published=published)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert words in done.stderr


def test_the_marked_words_of_every_figure_of_the_samples_are_its_evidence(built_samples: Path) -> None:
    """What `show` marks by its place in the text is what the observation says it came from."""
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        rows = connection.sql(
            """
            select observation_id, evidence_text, blocks.text[char_start + 1 : char_end] as marked
            from marts.observations as observations
            inner join raw.blocks as blocks
                on observations.document_id = blocks.document_id and observations.block_no = blocks.block_no
            where observations.table_no is null
            union all
            select observation_id, evidence_text, cells.text[char_start + 1 : char_end] as marked
            from marts.observations as observations
            inner join raw.table_cells as cells using (document_id, table_no, row_no, col_no)
            """
        ).fetchall()
    assert rows
    assert [row for row in rows if row[1] != row[2]] == []


def test_every_report_of_the_samples_can_be_shown(built_samples: Path) -> None:
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        reports = connection.sql("select report_id from marts.dim_report order by report_id limit 3").fetchall()
    assert reports
    for (report_id,) in reports:
        done = run_gongkai("show", report_id, published=built_samples)
        assert done.returncode == 0, done.stderr


def test_doctor_finds_everything_that_the_tests_run_with(built_samples: Path, gongkai: Gongkai) -> None:
    done = gongkai("doctor", published=built_samples)
    assert done.returncode == 0, done.stdout
    for subject in ("python", "duckdb", "dbt-core", "dbt project", "disk", "warehouse", "LibreOffice", "ocr extra"):
        assert any(line.split(None, 1)[1].startswith(subject) for line in done.stdout.splitlines()), subject


def test_doctor_says_what_is_wrong_and_what_to_install(tmp_path: Path, gongkai: Gongkai) -> None:
    published = contract_warehouse(tmp_path / "w.duckdb")
    with write_lock(Warehouse(published)):
        held = gongkai("doctor", published=published)
    assert held.returncode == 1
    assert any(line.startswith("wrong") and "another gongkai" in line for line in held.stdout.splitlines())
    bare = subprocess.run(
        [sys.executable, "-m", "gongkai.cli", "doctor"],
        cwd=ROOT,
        env=gongkai_environment(published) | {"PATH": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert bare.returncode == 0
    assert any(line.startswith("missing") and "libreoffice-writer-nogui" in line for line in bare.stdout.splitlines())


@pytest.mark.parametrize(
    ("evidence", "value", "marked"),
    [
        ("主动公开信息312条", "312.0000", "312"),
        ("主动公开信息３１２条，同比增长３％", "312.0000", "３１２"),
        ("安排经费约3.5万元", "35000.0000", "3.5万"),
        ("公开1,204条", "1204.0000", "1,204"),
        ("未收到申请", "0.0000", None),
        ("受理3件，答复3件", "3.0000", None),
        ("十二件", "12.0000", None),
    ],
)
def test_the_number_itself_is_marked_where_it_can_be_told(evidence: str, value: str, marked: str | None) -> None:
    place = value_within(evidence, Decimal(value))
    assert (None if place is None else evidence[slice(*place)]) == marked
