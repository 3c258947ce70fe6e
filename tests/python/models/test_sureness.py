"""Every fact says how sure it is: the marks of the fact tables are those of the observations that they take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from helpers.command import ROOT

TABLES = ("disclosures", "applications", "appeals", "fees", "staffing")


@pytest.fixture(scope="module")
def samples(built_samples: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published samples, of which some say 余 or 约, and in one of which a running total is all there is."""
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        yield connection


@cache
def columns(table: str) -> list[dict[str, Any]]:
    models = yaml.safe_load((ROOT / "models/core/_core__models.yml").read_text("utf-8"))["models"]
    (model,) = [each for each in models if each["name"] == table]
    return list(model["columns"])


def meta(column: dict[str, Any], key: str) -> str:
    return str(column.get("config", {}).get("meta", {}).get(key, ""))


def rows(samples: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    found = samples.sql(f"select * from marts.{table}")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def marked(samples: duckdb.DuckDBPyConnection, table: str, condition: str) -> set[tuple[str, str]]:
    """Report and column of each figure of a fact table whose observation is so."""
    of_indicator = {meta(each, "indicator_code"): each["name"] for each in columns(table)}
    found = samples.sql(
        "select report_id, indicator_code from marts.observations inner join marts.dim_report using (report_id)"
        f" where is_current and is_selected and applicant_type = 'all' and category_label is null and {condition}"
    ).fetchall()
    return {(report_id, of_indicator[code]) for report_id, code in found if code in of_indicator}


@pytest.mark.parametrize(
    ("marks", "condition"),
    [("inexact_indicators", "qualifier != 'exact'"), ("doubtful_indicators", "confidence = 'doubtful'")],
)
def test_marks_are_those_of_the_observations(samples: duckdb.DuckDBPyConnection, marks: str, condition: str) -> None:
    """700余 is not 700 without a mark, and a running total that is all there is does not stand unmarked."""
    count = 0
    for table in (f"fct_{name}" for name in TABLES):
        told = {(row["report_id"], column) for row in rows(samples, table) for column in row[marks]}
        assert told == marked(samples, table, condition), table
        assert all(row[marks] == sorted(row[marks]) for row in rows(samples, table))
        count += len(told)
    assert count > 0


def test_sure_facts_are_the_same_without_what_is_doubtful(samples: duckdb.DuckDBPyConnection) -> None:
    left_out = 0
    for table in (f"fct_{name}" for name in TABLES):
        names = {meta(each, "former_name_of"): each["name"] for each in columns(table)}
        sure = {row["report_id"]: row for row in rows(samples, f"{table}_sure")}
        for row in rows(samples, table):
            doubtful = {name for column in row["doubtful_indicators"] for name in (column, names.get(column))}
            expected = {name: None if name in doubtful else value for name, value in row.items()}
            assert sure[row["report_id"]] == expected
            left_out += len(row["doubtful_indicators"])
    assert left_out > 0


def test_former_names_stand_for_the_new_ones(samples: duckdb.DuckDBPyConnection) -> None:
    pairs = [
        (table, each["name"], meta(each, "former_name_of"))
        for table in (f"fct_{name}" for name in TABLES)
        for each in columns(table)
        if meta(each, "former_name_of")
    ]
    assert len(pairs) == 12
    for table, former, name in pairs:
        (differing,) = samples.sql(
            f"select count(*) from marts.{table} where {former} is distinct from {name}"
        ).fetchall()
        assert differing == (0,), (table, former)


def test_money_columns_end_in_yuan(samples: duckdb.DuckDBPyConnection) -> None:
    """But those that only keep a former name."""
    units = dict(samples.sql("select indicator_code, unit from marts.dim_indicator").fetchall())
    for table in (*(f"fct_{name}" for name in TABLES), "reports_wide"):
        for each in columns(table):
            if code := meta(each, "indicator_code"):
                assert (units[code] == "yuan") == each["name"].endswith("_yuan"), (table, each["name"])


def test_a_period_is_whole_or_is_not(samples: duckdb.DuckDBPyConnection) -> None:
    found = samples.sql(
        "select distinct period_is_whole_year,"
        " period_start <= make_date(facts.year, 1, 1) and period_end >= make_date(facts.year, 12, 31)"
        " from marts.fct_disclosures as facts inner join marts.dim_report using (report_id)"
    ).fetchall()
    assert found
    assert all(told == computed for told, computed in found)
