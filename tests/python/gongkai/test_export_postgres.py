"""Marts in a real PostgreSQL server, which the tests start: types, keys, comments, one transaction, nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import psycopg
import pytest
from helpers.command import Gongkai
from helpers.contract import contract_warehouse

from gongkai.export.postgres import copy_text, shown

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
INITDB = PROGRAMS[-1] if PROGRAMS else shutil.which("initdb")
pytestmark = pytest.mark.skipif(INITDB is None, reason="PostgreSQL's server is not there; make system installs it")
SELECT = "fct_*,observations,dim_report,dim_agency,dim_level,dim_indicator,dim_document,metrics,table_keys"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own, on a socket in a folder; it refuses to run as root."""
    home = Path(subprocess.check_output(["mktemp", "-d", "/tmp/gongkai-postgres.XXXXXX"], text=True).strip())
    programs = Path(str(INITDB)).parent
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(home, user)
    run: dict[str, Any] = {"check": True, "capture_output": True, "cwd": home, "user": user, "timeout": 120}
    subprocess.run(
        [programs / "initdb", "-D", home / "data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        **run,
    )
    options = f"-F -k {home} -c listen_addresses=''"
    log = home / "log"
    try:
        subprocess.run([programs / "pg_ctl", "-D", home / "data", "-o", options, "-l", log, "-w", "start"], **run)
        yield f"postgresql://tester@/postgres?host={home}"
    finally:
        subprocess.run([programs / "pg_ctl", "-D", home / "data", "-m", "immediate", "stop"], **{**run, "check": False})
        shutil.rmtree(home, ignore_errors=True)


def export(gongkai: Gongkai, published: Path, address: str, *options: str) -> subprocess.CompletedProcess[str]:
    return gongkai("export", "--to", address, *options, published=published)


@pytest.fixture(scope="module")
def filled(server: str, built_samples: Path, gongkai: Gongkai) -> str:
    done = export(gongkai, built_samples, server, "--select", SELECT)
    assert done.returncode == 0, done.stderr
    assert "postgresql://local/postgres, schema gongkai" in done.stdout
    return server


def ask(address: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_tables_hold_the_very_rows(filled: str, built_samples: Path) -> None:
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        for table in ("fct_applications", "observations", "dim_report", "metrics", "table_keys", "fct_disclosures"):
            theirs = connection.sql(f"from marts.{table}").fetchall()
            assert sorted(map(repr, ask(filled, f"select * from gongkai.{table}"))) == sorted(map(repr, theirs)), table


def test_columns_have_types_keys_and_comments(filled: str) -> None:
    types = dict(
        ask(filled, "select column_name, data_type from information_schema.columns where table_schema = 'gongkai' "
            "and table_name = 'fct_applications'")
    )  # fmt: skip
    assert {types[name] for name in ("region_code", "report_id")} == {"text"}
    assert (types["year"], types["received"], types["inexact_indicators"]) == ("integer", "numeric", "ARRAY")
    keys = ask(
        filled,
        "select conrelid::regclass::text, contype::text, pg_get_constraintdef(oid) from pg_constraint "
        "where connamespace = 'gongkai'::regnamespace order by 1, 2, 3",
    )
    assert ("gongkai.fct_applications", "p", "PRIMARY KEY (report_id)") in keys
    assert (
        "gongkai.observations", "f", "FOREIGN KEY (report_id) REFERENCES gongkai.dim_report(report_id)",
    ) in keys  # fmt: skip
    ((table, column),) = ask(
        filled,
        "select obj_description(attrelid), col_description(attrelid, attnum) from pg_attribute "
        "where attrelid = 'gongkai.fct_applications'::regclass and attname = 'received'",
    )
    assert table.startswith("One row a current report") and column.startswith("收到申请数")
    answer = ask(
        filled,
        "select sum(facts.received) from gongkai.fct_applications as facts "
        "inner join gongkai.dim_report using (report_id) where dim_report.year = 2016",
    )
    assert answer == [(Decimal("26.0000"),)]


def test_the_next_export_takes_the_place_of_the_last_and_views_stay(
    server: str, tmp_path: Path, gongkai: Gongkai
) -> None:
    published = contract_warehouse(tmp_path / "w.duckdb")
    assert export(gongkai, published, server, "--schema", "again").returncode == 0
    with psycopg.connect(server) as connection:
        connection.execute("create view public.seen as select report_id from again.findings")
    fewer = contract_warehouse(
        tmp_path / "v.duckdb",
        "delete from marts.findings; drop table marts.coverage; alter table marts.dim_level add column more varchar",
    )
    assert export(gongkai, fewer, server, "--schema", "again").returncode == 0
    assert ask(server, "select * from public.seen") == []
    assert ask(server, "select to_regclass('again.coverage'), max(more) from again.dim_level") == [(None, None)]
    # What a view stands on cannot change below it: all stays as it was, and one line says why.
    changed = contract_warehouse(
        tmp_path / "u.duckdb", "alter table marts.findings add column more varchar; delete from marts.dim_level"
    )
    done = export(gongkai, changed, server, "--schema", "again")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1) and "seen" in done.stderr
    assert ask(server, "select count(*) from again.dim_level") == [(2,)]


def test_tables_of_somebody_else_are_left_alone(server: str, tmp_path: Path, gongkai: Gongkai) -> None:
    with psycopg.connect(server) as connection:
        connection.execute("create schema theirs; create table theirs.findings (mine integer)")
    done = export(gongkai, contract_warehouse(tmp_path / "w.duckdb"), server, "--schema", "theirs")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "has not made" in done.stderr and "--schema" in done.stderr
    assert ask(server, "select * from theirs.findings") == []


def test_a_part_is_exported_without_references(server: str, tmp_path: Path, gongkai: Gongkai) -> None:
    done = export(
        gongkai, contract_warehouse(tmp_path / "w.duckdb"), server, "--schema", "part", "--where", "year = 2021"
    )
    assert done.returncode == 0, done.stderr
    assert ask(server, "select count(*) from part.dim_report") == [(1,)]


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path, gongkai: Gongkai) -> None:
    published = contract_warehouse(tmp_path / "w.duckdb")
    done = export(gongkai, published, "postgresql://me:geheim@127.0.0.1:1/x")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "postgresql://127.0.0.1:1/x" in done.stderr and "geheim" not in done.stderr + done.stdout


def test_every_text_survives_copy() -> None:
    frame = pl.DataFrame(
        {
            "text": ["\\N", "a\tb\nc\rd\\", "", None, "\x00"],
            "list": [['x,"y\\', None, "{}", "NULL"], [], None, [""], ["'"]],
        }
    )
    assert copy_text(frame).decode().split("\n")[:-1] == [
        '\\\\N\t{"x,\\\\"y\\\\\\\\",NULL,"{}","NULL"}',
        "a\\tb\\nc\\rd\\\\\t{}", "\t\\N", '\\N\t{""}', "\ufffd\t{\"'\"}",
    ]  # fmt: skip
    assert shown("postgresql://me:geheim@host:5432/db?sslmode=require") == "postgresql://host:5432/db"
