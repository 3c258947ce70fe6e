"""What the published file says of itself: comments carry the hazards, and every mart has its keys and joins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gongkai import publications


@pytest.fixture(scope="module")
def samples(built_samples: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published samples, among them a report that was published again."""
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        yield connection


def comments(samples: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = samples.sql("select table_name, comment from duckdb_tables() where schema_name = 'marts'").fetchall()
    return {table: " ".join((comment or "").split()) for table, comment in rows}


def columns(samples: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    rows = samples.sql(
        f"select column_name from duckdb_columns() where schema_name = 'marts' and table_name = '{table}'"
    ).fetchall()
    return {name for (name,) in rows}


def test_whatever_holds_older_versions_says_so(samples: duckdb.DuckDBPyConnection) -> None:
    older = {
        table
        for table in comments(samples)
        if "report_id" in columns(samples, table)
        and samples.sql(
            f"select 1 from marts.{table} where report_id in"
            " (select report_id from marts.dim_report where not is_current) limit 1"
        ).fetchall()
    }
    assert {"dim_report", "observations", "findings"} <= older
    told = {table for table, comment in comments(samples).items() if "all versions of a report" in comment}
    assert told == older


def test_whatever_must_not_be_added_says_so(samples: duckdb.DuckDBPyConnection) -> None:
    """Every mart with figures of reports."""
    figures = {table for table in comments(samples) if table.startswith("fct_")}
    figures |= {"observations", "metrics", "series", "reports_wide"}
    lacking = [table for table in sorted(figures) if "not to be added" not in comments(samples)[table].lower()]
    assert lacking == []


def test_joins_are_documented_and_hold(samples: duckdb.DuckDBPyConnection) -> None:
    """Every mart has a key that tells its rows, and every reference finds its row."""
    rows = samples.sql("select table_name, column_names, kind, to_table, to_column from marts.table_keys").fetchall()
    keyed = {table for table, _, kind, *_ in rows if kind == "key"}
    assert keyed == set(comments(samples)) - set(publications.TABLES)  # those that publishing itself writes
    references = [row for row in rows if row[2] == "reference"]
    assert len(references) > 60
    for table, names, _, to_table, to_column in references:
        lost = samples.sql(
            f"select 1 from marts.{table} as here anti join marts.{to_table} as there"
            f" on here.{names[0]} = there.{to_column} where here.{names[0]} is not null limit 1"
        ).fetchall()
        assert not lost, (table, names, to_table)
    for table, names, kind, *_ in rows:
        if kind == "key":
            twice = samples.sql(
                f"select 1 from marts.{table} group by {', '.join(names)} having count(*) > 1 limit 1"
            ).fetchall()
            assert not twice, (table, names)


def test_no_id_looks_like_a_number(samples: duckdb.DuckDBPyConnection) -> None:
    """What a spreadsheet takes for one (058584916788, 9778e3204881) is destroyed by opening a csv."""
    rows = samples.sql(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'marts' and data_type = 'VARCHAR' and column_name like '%\\_id' escape '\\'"
    ).fetchall()
    assert {"report_id", "agency_id", "observation_id", "finding_id"} <= {column for _, column in rows}
    for table, column in rows:
        is_ours = column.endswith(("report_id", "agency_id", "entity_id", "observation_id", "finding_id"))
        shape = "[^a-z].*" if is_ours else "[0-9]+([eE][0-9]+)?"
        numbers = samples.sql(
            f"select {column} from marts.{table} where regexp_full_match({column}, '{shape}') limit 1"
        ).fetchall()
        assert not numbers, (table, column)
