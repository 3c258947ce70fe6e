"""The package as others read it: frictionless, pandas, polars, DuckDB and SQLite, codes as text everywhere."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import duckdb
import polars as pl
import pytest
from helpers.command import Gongkai

SELECT = "fct_*,observations,dim_report,dim_agency,dim_level,dim_indicator,dim_document,findings,metrics,coverage"
PANDAS = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


@pytest.fixture(scope="module")
def package(built_samples: Path, gongkai: Gongkai, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    kinds = [f"--format={kind}" for kind in ("csv", "parquet", "duckdb", "sqlite")]
    done = gongkai("export", "--to", folder, *kinds, "--select", SELECT, published=built_samples)
    assert done.returncode == 0, done.stderr
    return folder


def described(package: Path) -> dict[str, dict[str, object]]:
    content = json.loads((package / "datapackage.json").read_text("utf-8"))
    return {each["name"]: each for each in content["resources"]}


def test_frictionless_finds_nothing_wrong(package: Path) -> None:
    """Types, missing values, keys and references of every csv file, and the hash of every file."""
    import frictionless

    report = frictionless.validate(str(package / "datapackage.json"))
    wrong = [(task.name, error.note) for task in report.tasks for error in task.errors]
    assert wrong == [] and report.valid, report.errors
    names = described(package)
    assert names["fct_applications"]["schema"]["primaryKey"] == ["report_id"]
    assert {each["reference"]["resource"] for each in names["observations"]["schema"]["foreignKeys"]} == {
        "dim_report", "dim_indicator",
    }  # fmt: skip
    fields = {each["name"]: each for each in names["fct_applications"]["schema"]["fields"]}
    assert (fields["received"]["unit"], fields["received"]["type"]) == ("case", "number")
    assert fields["received"]["title"] == "收到申请数（本年新收） Applications received this year"
    assert fields["region_code"]["type"] == "string"


def test_frictionless_would_find_what_is_wrong(package: Path, tmp_path: Path) -> None:
    """A figure that is none, and a file that was changed: the descriptions are tight enough to tell."""
    content = json.loads((package / "datapackage.json").read_text("utf-8"))
    content["resources"] = [each for each in content["resources"] if each["name"] == "dim_level"]
    (tmp_path / "csv").mkdir()
    text = (package / "csv" / "dim_level.csv").read_text("utf-8-sig")
    (tmp_path / "csv" / "dim_level.csv").write_text(text.replace(",1,", ",one,"), "utf-8-sig")
    (tmp_path / "datapackage.json").write_text(json.dumps(content), "utf-8")
    import frictionless

    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert {error.type for task in report.tasks for error in task.errors} >= {"hash-count", "type-error"}


def test_pandas_reads_codes_as_text_by_the_schema(package: Path) -> None:
    resource = described(package)["dim_report"]
    fields = resource["schema"]["fields"]
    import pandas as pd

    frame = pd.read_csv(
        package / resource["path"],
        dtype={each["name"]: PANDAS[each["type"]] for each in fields if each["type"] in PANDAS},
        parse_dates=[each["name"] for each in fields if each["type"] in {"date", "datetime"}],
        encoding="utf-8-sig",
    )
    assert sorted(frame["region_code"].dropna()) == sorted(
        pl.read_parquet(package / "parquet/dim_report.parquet")["region_code"].drop_nulls()
    )
    assert frame["year"].dtype == "Int64" and set(frame["form"]) == {"narrative", "2014", "2019", "2021"}
    assert frame["published_on"].dtype.kind == "M" and frame["is_current"].dtype == "boolean"


def test_polars_and_duckdb_read_codes_as_text(package: Path) -> None:
    for path in sorted((package / "parquet").iterdir()):
        schema = pl.read_parquet_schema(path)
        codes = [name for name in schema if name.endswith(("_code", "_id"))]
        assert all(schema[name] == pl.String for name in codes), path.name
    fields = described(package)["fct_applications"]["schema"]["fields"]
    kinds = {"string": "varchar", "integer": "bigint", "number": "decimal(20, 4)", "boolean": "boolean"}
    columns = ", ".join(f"'{each['name']}': '{kinds[each['type']]}'" for each in fields)
    with duckdb.connect() as connection:
        differing = connection.sql(
            f"select report_id, region_code, received, replied from read_csv('{package}/csv/fct_applications.csv', "
            f"header = true, columns = {{{columns}}}) except "
            f"select report_id, region_code, received, replied from '{package}/parquet/fct_applications.parquet'"
        )
        assert differing.fetchall() == []


def test_no_id_or_code_is_one_that_a_spreadsheet_would_change(package: Path) -> None:
    """Opened in a spreadsheet a csv file's cells become numbers where they can: none of ours may lose by it."""
    for path in sorted((package / "csv").iterdir()):
        frame = pl.read_csv(path, infer_schema=False)
        for name in frame.columns:
            if name.endswith(("_id", "_code")):
                values = frame[name].drop_nulls()
                changed = values.filter(values.str.contains(r"^(0\d+|\d{16,}|\d+[eE][+-]?\d+|\d+[-/.]\d+([-/.]\d+)?)$"))
                assert changed.to_list() == [], (path.name, name)


def test_no_figure_has_needless_zeros(package: Path) -> None:
    for path in sorted((package / "csv").iterdir()):
        for name, kind in ((each["name"], each["type"]) for each in described(package)[path.stem]["schema"]["fields"]):
            if kind == "number":
                values = pl.read_csv(path, infer_schema=False)[name].drop_nulls()
                assert values.filter(values.str.contains(r"\.\d*0$|\.$")).to_list() == [], (path.name, name)


def test_a_duckdb_file_holds_the_marts_with_their_descriptions(package: Path, built_samples: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{package}/gongkai.duckdb' as made (read_only)")
        connection.execute(f"attach '{built_samples}' as theirs (read_only)")
        names = [name for (name,) in connection.sql(
            "select table_name from duckdb_tables() where database_name = 'made' and schema_name = 'marts'"
        ).fetchall()]  # fmt: skip
        assert len(names) > 15
        for name in names:
            differing = connection.sql(
                f"(from made.marts.{name} except all from theirs.marts.{name}) union all "
                f"(from theirs.marts.{name} except all from made.marts.{name})"
            )
            assert differing.fetchall() == [], name
        comments = connection.sql(
            "select comment is not null from duckdb_columns() where database_name = 'made' and schema_name = 'marts'"
        ).fetchall()
        assert set(comments) == {(True,)}


def test_an_sqlite_file_has_types_keys_and_descriptions(package: Path) -> None:
    connection = sqlite3.connect(package / "gongkai.sqlite")
    try:
        rows = connection.execute(
            "select distinct typeof(region_code), typeof(year), typeof(received) from fct_applications "
            "where received is not null"
        ).fetchall()
        assert rows == [("text", "integer", "integer")]
        (statement,) = connection.execute("select sql from sqlite_master where name = 'fct_applications'").fetchone()
        assert "Applications received this year; unit case." in statement and 'primary key ("report_id")' in statement
        shares = "select distinct typeof(value) from metrics where unit = 'share' and value > 0 and value < 1"
        assert connection.execute(shares).fetchall() == [("real",)]
    finally:
        connection.close()
