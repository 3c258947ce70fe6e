"""`--select` and `--where`: what is picked, and that a condition is a condition and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from helpers.command import Gongkai
from helpers.contract import contract_warehouse

from gongkai.export.condition import parse
from ingest.errors import UsageError


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return contract_warehouse(tmp_path_factory.mktemp("picking") / "w.duckdb")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("year>=2019 and province_name='浙江省'", {"year", "province_name"}),
        ("year between 2010 and 2012 or agency_name like '%县%'", {"year", "agency_name"}),
        ("published_on > date '2020-01-01' and not list_contains(inexact_indicators, 'total')",
         {"published_on", "inexact_indicators"}),
        ("case when scope is null then true else level_code in ('county', 'province') end", {"scope", "level_code"}),
        ("year = 2019 -- of which nothing else remains", {"year"}),
    ],
)  # fmt: skip
def test_a_condition_is_written_anew_from_what_was_understood(text: str, columns: set[str]) -> None:
    condition = parse(text)
    assert condition.columns == columns
    assert "--" not in condition.sql


@pytest.mark.parametrize(
    "text",
    [
        "", "*", "true", "year >", "year > 1) -- x", "year > 2010; drop table x", "year > 2010 group by all",
        "year > 2010 union select 1", "exists(select 1)", "year in (select year from marts.dim_year)",
        "year = (select 1)", "read_text('/etc/passwd') is not null", "year = getenv('HOME')",
        "current_setting('threads') = year::varchar", "query_table('x') = year", "sum(year) > 1",
        "row_number() over () > year", "list_transform([year], x -> x) is null", "marts.dim_year.year = 1", "year = ?",
        "year = $a", "COLUMNS(*) = year", "nextval('s') = year", "random() < year",
    ],
)  # fmt: skip
def test_nothing_but_a_condition_over_columns_is_let_in(text: str) -> None:
    with pytest.raises(UsageError) as told:
        parse(text)
    assert "\n" not in str(told.value) and "--where" in str(told.value)


def rows(folder: Path, table: str) -> pl.DataFrame:
    return pl.read_csv(folder / "csv" / f"{table}.csv", infer_schema=False)


def test_a_condition_holds_for_reports_and_for_what_is_of_them(
    published: Path, tmp_path: Path, gongkai: Gongkai
) -> None:
    """By the columns of the mart itself, else those of its report and region; others stay whole, which is told."""
    done = gongkai(
        "export", "--format", "csv", "--to", tmp_path, "--where", "year >= 2020 and province_name = '浙江省'",
        published=published,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert set(rows(tmp_path, "dim_report")["report_id"]) == {f"000000000000000{number}" for number in (1, 2, 3)}
    assert set(rows(tmp_path, "observations")["observation_id"]) == {"o1", "o2", "o3", "o4", "o5", "o6"}
    assert rows(tmp_path, "findings").height == 1
    assert rows(tmp_path, "dim_indicator").height == 4
    (line,) = [line for line in done.stdout.splitlines() if "not narrowed" in line]
    assert "dim_indicator" in line and "findings" not in line
    with duckdb.connect(str(published), read_only=True) as connection:
        assert connection.sql("select count(*) from marts.dim_report").fetchall() == [(4,)]


def test_a_condition_that_no_report_meets_is_told(published: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    done = gongkai("export", "--format=csv", "--to", tmp_path, "--where", "year = 1900", published=published)
    assert done.returncode == 0, done.stderr
    assert "no report meets --where year = 1900" in done.stdout
    assert rows(tmp_path, "dim_report").height == 0


def test_the_workbook_adds_up_what_is_picked(published: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    done = gongkai("export", "--format=xlsx", "--to", tmp_path, "--where", "year = 2021", published=published)
    assert done.returncode == 0, done.stderr
    levels = pl.read_excel(tmp_path / "gongkai.xlsx", sheet_name="层级×年度")
    assert set(levels["年度"]) == {2021}
    assert "year" in " ".join(map(str, pl.read_excel(tmp_path / "gongkai.xlsx", sheet_name="说明").rows()))


def test_marts_and_columns_are_picked_by_name(published: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    picked = ("--select", "fct_*,observations.value", "--select", "observations.report_id")
    done = gongkai("export", "--format=csv", "--format=sqlite", "--to", tmp_path, *picked, published=published)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "csv").iterdir()) == ["fct_applications.csv", "observations.csv"]
    assert rows(tmp_path, "observations").columns == ["report_id", "value"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--select", "fct_nothing"], "no such mart"),
        (["--select", "fct_aplications"], "did you mean fct_applications?"),
        (["--where", "province_name = 浙江省"], "stands in single quotes"),
        (["--select", "findings.nothing"], "no such column"),
        (["--where", "nothing = 1"], "no mart has a column nothing"),
        (["--where", "year = 'abc'"], "Could not convert"),
        (["--where", "agency_name + 1 = 2"], "--where"),
        (["--partition", "year", "--format", "csv"], "--partition is for parquet files"),
        (["--to", "postgresql://localhost/x", "--format", "csv"], "--format is for files"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    published: Path, tmp_path: Path, gongkai: Gongkai, options: list[str], words: str
) -> None:
    done = gongkai("export", "--to", tmp_path, *options, published=published)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert words in done.stderr
    assert not (tmp_path / "csv").exists()
