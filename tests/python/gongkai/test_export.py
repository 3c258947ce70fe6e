"""Files of an export: the very values, nothing that a spreadsheet would run, and no file where none belongs."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import unicodedata
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment
from helpers.contract import contract_warehouse

from gongkai.export.csv_files import plain


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return contract_warehouse(tmp_path_factory.mktemp("export") / "w.duckdb")


@pytest.fixture(scope="module")
def exported(published: Path, gongkai: Gongkai, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    done = gongkai("export", "--to", folder, published=published)
    assert done.returncode == 0, done.stderr
    return folder


def test_csv_begins_with_a_mark_and_guards_formulas_but_keeps_everything_else(exported: Path, published: Path) -> None:
    for path in (exported / "csv").iterdir():
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name
    findings = pl.read_csv(exported / "csv" / "findings.csv", infer_schema=False)
    assert findings.row(0, named=True) == {
        "finding_id": "f1", "report_id": "0000000000000001", "check_code": "sum", "severity": "hard",
        "expected": "13", "actual": "12", "difference": "-1", "message_zh": "'-1 相差",
        "message_en": "'=1+1", "observation_ids": "o1;o2",
    }  # fmt: skip
    reports = pl.read_csv(exported / "csv" / "dim_report.csv", infer_schema=False)
    assert reports["agency_name"].to_list() == [None, '\'=HYPERLINK("http://x","德清县")', "'@SUM(1)", "'+1"]
    with duckdb.connect(str(published), read_only=True) as connection:
        tables = connection.sql("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    assert {f"{name}.csv" for (name,) in tables} == {path.name for path in (exported / "csv").iterdir()}


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
@pytest.mark.parametrize("before", [*"\t\n\r\x00 \u00a0\u200b\u3000\ufeff", "", "\u200b \ufeff"])
def test_no_beginning_of_a_formula_is_hidden_from_the_apostrophe(before: str, sign: str) -> None:
    text = plain(pl.DataFrame({"text": [f"{before}{sign}1+1"]}))["text"][0]
    assert text.startswith("'") and text.endswith(f"{sign}1+1")


def test_no_control_character_reaches_a_csv_and_other_text_is_kept() -> None:
    controls = "".join(map(chr, [*range(32), *range(127, 160)]))
    given = ["公开" + controls + "条", "一行\r\n二行\r三行\t表", "\n=1", "\n一", "a=1", "（一）主动公开", None]
    text = plain(pl.DataFrame({"text": given}))["text"].to_list()
    assert [each for each in text[0] if unicodedata.category(each) == "Cc"] == ["\t", "\n", "\n"]
    assert text[1:] == ["一行\n二行\n三行\t表", "'\n=1", "'\n一", "a=1", "（一）主动公开", None]


def test_parquet_has_the_very_values_and_types(exported: Path, published: Path) -> None:
    frame = pl.read_parquet(exported / "parquet" / "observations.parquet")
    assert frame.schema["value"] == pl.Decimal(20, 4)
    assert Decimal("1234567890123456.7891") in frame["value"].to_list()
    with duckdb.connect(str(published), read_only=True) as connection:
        for path in (exported / "parquet").iterdir():
            table = f"marts.{path.stem}"
            differing = connection.sql(
                f"(select * from {table} except all select * from '{path}') union all "
                f"(select * from '{path}' except all select * from {table})"
            )
            assert differing.fetchall() == [], table


def test_an_empty_mart_is_exported_as_headings_alone(tmp_path: Path, gongkai: Gongkai) -> None:
    published = contract_warehouse(tmp_path / "w.duckdb", "delete from marts.findings; delete from marts.dim_report")
    assert gongkai("export", "--to", tmp_path / "out", published=published).returncode == 0
    lines = (tmp_path / "out" / "csv" / "findings.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 and lines[0].startswith("finding_id,")
    assert pl.read_parquet(tmp_path / "out" / "parquet" / "findings.parquet").height == 0
    assert pl.read_excel(tmp_path / "out" / "gongkai.xlsx", sheet_name="核查").height == 0


def test_the_same_data_give_the_same_files(exported: Path, published: Path, gongkai: Gongkai, tmp_path: Path) -> None:
    assert gongkai("export", "--to", tmp_path, published=published).returncode == 0
    for path in exported.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(exported)).read_bytes(), path.name


def test_links_in_the_target_are_replaced_or_refused_but_never_followed(
    published: Path, tmp_path: Path, gongkai: Gongkai
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.xlsx").write_text("keep me")
    target = tmp_path / "target"
    target.mkdir()
    (target / "gongkai.xlsx").symlink_to(outside / "precious.xlsx")
    (target / "csv").symlink_to(outside)
    done = gongkai("export", "--to", target, published=published)
    assert done.returncode == 1
    assert "is a link out of" in done.stderr and len(done.stderr.splitlines()) == 1
    assert [path.name for path in outside.iterdir()] == ["precious.xlsx"]
    assert (outside / "precious.xlsx").read_text() == "keep me"
    assert not (target / "gongkai.xlsx").is_symlink()


def test_a_table_with_a_name_that_leads_elsewhere_is_left_alone(tmp_path: Path, gongkai: Gongkai) -> None:
    published = contract_warehouse(tmp_path / "w.duckdb", 'create table marts."../../evil" as select 1 as x')
    assert gongkai("export", "--to", tmp_path / "a" / "b", published=published).returncode == 0
    assert not list(tmp_path.rglob("*evil*"))


def test_a_full_disk_leaves_the_old_workbook_and_says_so(tmp_path: Path, exported: Path) -> None:
    published = contract_warehouse(
        tmp_path / "w.duckdb",
        "insert into marts.findings select 'g' || i, '0000000000000001', md5(i::varchar), 'hard', i, i, 0, "
        "md5(i::varchar || 'x'), md5(i::varchar || 'y'), [] from range(5000) as rows (i)",
    )
    (tmp_path / "out").mkdir()
    shutil.copy(exported / "gongkai.xlsx", tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-m", "gongkai.cli", "export", "--format", "xlsx", "--to", str(tmp_path / "out")],
        cwd=ROOT,
        env=gongkai_environment(published),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot write" in done.stderr and len(done.stderr.splitlines()) == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["gongkai.xlsx"]
    assert (tmp_path / "out" / "gongkai.xlsx").read_bytes() == (exported / "gongkai.xlsx").read_bytes()


def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    """A further row costs DuckDB's sort some 600 bytes (up to its limit); as cells held in memory it would be 4,000."""
    peaks = []
    for rows in (10_000, 40_000):
        published = contract_warehouse(
            tmp_path / f"w{rows}.duckdb",
            "insert into marts.findings select 'g' || i, '0000000000000001', 'c', 'hard', i, i, 0, "
            f"repeat('字', 40) || i, repeat('x', 100) || i, [] from range({rows}) as rows (i)",
        )
        process = subprocess.Popen(
            [sys.executable, *f"-m gongkai.cli export --format xlsx --format csv --to {tmp_path}/out{rows}".split()],
            cwd=ROOT,
            env=gongkai_environment(published),
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        peaks.append(usage.ru_maxrss * 1024)
    assert (peaks[1] - peaks[0]) / 30_000 < 1_500, peaks


def test_without_a_warehouse_there_is_one_line(tmp_path: Path, gongkai: Gongkai) -> None:
    done = gongkai("export", published=tmp_path / "none.duckdb", cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "gongkai run FOLDER" in done.stderr
    assert not (tmp_path / "exports").exists()


def test_an_unknown_format_is_wrong_usage(published: Path, gongkai: Gongkai) -> None:
    done = gongkai("export", "--format", "pdf", published=published)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "xlsx" in done.stderr and "Value error" not in done.stderr


def test_a_file_as_the_target_is_told_as_that(published: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    target = tmp_path / "table.xlsx"
    target.write_text("mine")
    done = gongkai("export", "--to", target, published=published)
    assert done.returncode == 1 and "is a file, and an export goes into a folder" in done.stderr
    assert target.read_text() == "mine"


FILES = {
    "xlsx": "gongkai.xlsx", "csv": "csv/findings.csv", "parquet": "parquet/findings.parquet",
    "duckdb": "gongkai.duckdb", "sqlite": "gongkai.sqlite",
}  # fmt: skip


def test_a_file_that_no_export_made_is_never_written_over(published: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    for kind, name in FILES.items():
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_text("a table of mine,1\n")
        done = gongkai("export", "--to", tmp_path, "--format", kind, "--select", "findings", published=published)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
        assert "no file that gongkai export has made" in done.stderr and target.name in done.stderr
        assert target.read_text() == "a table of mine,1\n"
        target.unlink()
    kinds = [f"--format={kind}" for kind in FILES]
    for _ in range(2):  # over its own files it goes, whichever kind
        done = gongkai("export", "--to", tmp_path, *kinds, "--select", "findings", published=published)
        assert done.returncode == 0, done.stderr


def test_years_become_folders_and_those_of_an_earlier_export_go(
    published: Path, tmp_path: Path, gongkai: Gongkai
) -> None:
    by_year = ("export", "--format=parquet", "--partition=year", "--to", tmp_path)
    assert gongkai(*by_year, published=published).returncode == 0
    folder = tmp_path / "parquet" / "dim_report"
    assert sorted(path.name for path in folder.iterdir()) == ["year=2020", "year=2021"]
    with duckdb.connect(str(published), read_only=True) as connection:
        differing = connection.sql(
            f"select report_id, year from read_parquet('{folder}/*/*.parquet', hive_partitioning = true) "
            "except select report_id, year from marts.dim_report"
        )
        assert differing.fetchall() == []
    assert pl.read_parquet(folder).height == 4
    (folder / "year=2021" / "mine.txt").write_text("keep me")
    done = gongkai(*by_year, "--where", "year = 2020", published=published)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (folder / "year=2021").iterdir()] == ["mine.txt"]
    assert pl.read_parquet(folder / "year=2020").height == 3


def test_parquet_says_what_columns_hold_and_is_in_order(exported: Path) -> None:
    file = pq.ParquetFile(exported / "parquet" / "fct_applications.parquet")
    assert file.schema_arrow.field("received").metadata[b"description"].decode().startswith("收到申请数. ")
    assert file.schema_arrow.metadata[b"description"] == b"One row a report."
    with duckdb.connect() as connection:
        named = connection.execute(
            "select decode(key), decode(value) from parquet_kv_metadata(?)",
            [str(exported / "parquet" / "fct_applications.parquet")],
        ).fetchall()
    assert dict(named)["publication"].startswith("publication 1 of ")
    reports = pl.read_parquet(exported / "parquet" / "dim_report.parquet")
    assert reports.select("region_code", "year").rows() == sorted(reports.select("region_code", "year").rows())
    observations = pl.read_parquet(exported / "parquet" / "observations.parquet").join(
        reports.select("report_id", "region_code", "year"), on="report_id", maintain_order="left"
    )
    places = observations.select("region_code", "year").rows()
    assert places == sorted(places) and len(places) == 7
