"""Exports: types, Chinese, nothing that a spreadsheet would run, and no file where none belongs."""

from __future__ import annotations

import datetime as dt
import os
import re
import resource
import subprocess
import sys
import unicodedata
import zipfile
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment
from helpers.contract import contract_warehouse

from gongkai.export.csv_and_parquet import plain
from gongkai.export.workbook import write_workbook
from gongkai.export.workbook_sheets import sheets
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return contract_warehouse(tmp_path_factory.mktemp("export") / "w.duckdb")


@pytest.fixture(scope="module")
def exported(published: Path, gongkai: Gongkai, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    done = gongkai("export", "--to", folder, published=published)
    assert done.returncode == 0, done.stderr
    return folder


def sheet(workbook: Path, name: str) -> pl.DataFrame:
    return pl.read_excel(workbook, sheet_name=name, infer_schema_length=None)


def parts(workbook: Path) -> dict[str, str]:
    with zipfile.ZipFile(workbook) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml")}


def test_the_workbook_has_its_sheets_in_order(exported: Path) -> None:
    names = re.findall(r'<sheet name="([^"]+)"', parts(exported / "gongkai.xlsx")["xl/workbook.xml"])
    assert names == ["说明", "地区×年度", "层级×年度", "报告", "依申请公开", "核查", "数据字典"]


def test_cells_have_real_types_and_codes_keep_their_zeros(exported: Path) -> None:
    reports = sheet(exported / "gongkai.xlsx", "报告")
    assert reports["行政区划代码"].to_list() == ["330521", "330521", "330521", "010000"] or set(
        reports["行政区划代码"]
    ) == {"330521", "010000"}
    assert reports["报告编号"].dtype == pl.String and "0000000000000001" in reports["报告编号"]
    assert reports["年度"].dtype.is_integer()
    assert reports["发布日期"].drop_nulls().to_list() == [dt.date(2021, 1, 28)]
    assert reports["是否现行"].dtype == pl.Boolean
    facts = sheet(exported / "gongkai.xlsx", "依申请公开")
    assert facts["收到申请数"].to_list() == [12, 0]
    assert facts["received_mail"].to_list() == [None, -3.5]
    assert facts["region_name" if "region_name" in facts.columns else "行政区划"].to_list() == ["德清县", "德清县"]


def test_figures_that_are_not_sure_are_marked_with_their_words(exported: Path) -> None:
    """The one figure that is neither exact nor sure, and no other; a name that was given up is no second column."""
    files = parts(exported / "gongkai.xlsx")
    (comments,) = [text for name, text in files.items() if "/comments" in name]
    assert re.findall(r'<comment ref="([A-Z]+\d+)"', comments) == ["H2"]
    assert "不少于、读取存疑。原文：12" in comments
    assert "mailed" not in sheet(exported / "gongkai.xlsx", "依申请公开").columns


def test_no_text_becomes_a_formula_or_a_link_in_the_workbook(exported: Path) -> None:
    files = parts(exported / "gongkai.xlsx")
    sheets = {name: text for name, text in files.items() if "/worksheets/" in name}
    assert sheets
    assert not [name for name, text in sheets.items() if "<f>" in text or "<hyperlink" in text]
    assert not [name for name in files if "externalLink" in name]
    names = sheet(exported / "gongkai.xlsx", "报告")["机构名称"].to_list()
    assert '=HYPERLINK("http://x","德清县")' in names and "@SUM(1)" in names


def test_headings_are_frozen_and_filtered_and_columns_have_widths(exported: Path) -> None:
    files = parts(exported / "gongkai.xlsx")
    data = [text for name, text in sorted(files.items()) if "/worksheets/sheet" in name][1:]
    for text in data:
        assert 'state="frozen"' in text and "<autoFilter" in text and "<cols>" in text


def test_sums_count_no_figure_twice_and_say_who_states_them(exported: Path) -> None:
    rows = sheet(exported / "gongkai.xlsx", "地区×年度").filter(pl.col("行政区划代码") == "330521")
    (row,) = rows.iter_rows(named=True)
    # The department's report stands in the government's. The report that is not current (55) and the reading that was
    # not chosen (999) are left out too; zero is a figure.
    assert (row["机构类别"], row["报告数"]) == ("government", 1)
    assert (row["收到申请数"], row["收到申请数（填报份数）"]) == (12, 1)
    assert (str(row["收取的费用"]), row["收取的费用（填报份数）"]) == ("0", 1)
    levels = sheet(exported / "gongkai.xlsx", "层级×年度")
    unstated = levels.filter(pl.col("层级代码") == "province")
    assert unstated["报告数"].to_list() == [1]
    assert unstated["收到申请数"].to_list() == [None]
    assert unstated["收到申请数（填报份数）"].to_list() == [0]
    # Over all levels the county, which the province may hold, counts in one row and not in the other.
    sums = {row["层级代码"]: row for row in levels.filter(pl.col("年度") == 2020).iter_rows(named=True)}
    assert set(sums) == {"county", "all"}
    assert (sums["all"]["报告数"], sums["all"]["收到申请数"]) == (1, 12)
    assert levels.filter(pl.col("层级代码") == "all_if_contained")["年度"].to_list() == [2021]


def test_a_number_that_excel_would_round_stands_as_text(exported: Path) -> None:
    levels = sheet(exported / "gongkai.xlsx", "层级×年度")
    assert "1234567890123456.7891" in levels["收取的费用"].cast(pl.String).to_list()


def test_the_dictionary_names_every_column_of_every_sheet(exported: Path) -> None:
    workbook = exported / "gongkai.xlsx"
    dictionary = sheet(workbook, "数据字典")
    for name in ("地区×年度", "层级×年度", "报告", "依申请公开", "核查"):
        assert sheet(workbook, name).columns == dictionary.filter(pl.col("工作表") == name)["表头"].to_list()


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(published: Path, tmp_path: Path) -> None:
    workbook = tmp_path / "small.xlsx"
    with open_published(Warehouse(published)) as connection:
        write_workbook(connection, workbook, sheets(connection), rows_per_sheet=3)
    first, second = sheet(workbook, "报告"), sheet(workbook, "报告 (2)")
    assert (first.height, second.height) == (2, 2)
    assert first.columns == second.columns
    assert len({*first["报告编号"], *second["报告编号"]}) == 4


def test_csv_begins_with_a_mark_and_guards_formulas_but_keeps_everything_else(exported: Path, published: Path) -> None:
    for path in (exported / "csv").iterdir():
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name
    findings = pl.read_csv(exported / "csv" / "findings.csv", infer_schema=False)
    assert findings.row(0, named=True) == {
        "finding_id": "f1", "report_id": "0000000000000001", "check_code": "sum", "severity": "hard",
        "expected": "13.0000", "actual": "12.0000", "difference": "-1.0000", "message_zh": "'-1 相差",
        "message_en": "'=1+1", "observation_ids": "o1;o2",
    }  # fmt: skip
    reports = pl.read_csv(exported / "csv" / "dim_report.csv", infer_schema=False)
    assert reports["agency_name"].to_list() == ['\'=HYPERLINK("http://x","德清县")', "'@SUM(1)", "'+1", None]
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
    assert sheet(tmp_path / "out" / "gongkai.xlsx", "核查").height == 0


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


def test_a_full_disk_leaves_the_old_workbook_and_says_so(tmp_path: Path) -> None:
    published = contract_warehouse(
        tmp_path / "w.duckdb",
        "insert into marts.findings select 'g' || i, '0000000000000001', md5(i::varchar), 'hard', i, i, 0, "
        "md5(i::varchar || 'x'), md5(i::varchar || 'y'), [] from range(5000) as rows (i)",
    )
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "gongkai.xlsx").write_text("old")
    done = subprocess.run(
        [sys.executable, "-m", "gongkai.cli", "export", "--format", "xlsx", "--to", str(tmp_path / "out")],
        cwd=ROOT,
        env=gongkai_environment(published),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot write" in done.stderr and len(done.stderr.splitlines()) == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["gongkai.xlsx"]
    assert (tmp_path / "out" / "gongkai.xlsx").read_text() == "old"


def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    """A further row costs DuckDB's sort some 600 bytes (up to its limit); as cells held in memory it would be 4,000."""
    peaks = []
    for rows in (20_000, 100_000):
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
    assert (peaks[1] - peaks[0]) / 80_000 < 1_500, peaks


def test_without_a_warehouse_there_is_one_line(tmp_path: Path, gongkai: Gongkai) -> None:
    done = gongkai("export", published=tmp_path / "none.duckdb", cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "gongkai run FOLDER" in done.stderr
    assert not (tmp_path / "exports").exists()


def test_an_unknown_format_is_wrong_usage(published: Path, gongkai: Gongkai) -> None:
    done = gongkai("export", "--format", "pdf", published=published)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "xlsx" in done.stderr


def test_every_heading_of_the_samples_is_chinese(built_samples: Path, gongkai: Gongkai, tmp_path: Path) -> None:
    done = gongkai("export", "--format", "xlsx", "--to", tmp_path, published=built_samples)
    assert done.returncode == 0, done.stderr
    headings = sheet(tmp_path / "gongkai.xlsx", "数据字典")["表头"].to_list()
    assert [heading for heading in headings if not re.search(r"[\u4e00-\u9fff]", heading)] == []
