"""The files of a warehouse: one rule from the published file to all others, here and in dbt's profile."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from dbt.config.renderer import ProfileRenderer
from dbt_common.context import set_invocation_context
from dbt_common.exceptions import DbtBaseException
from helpers.command import ROOT

from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.work import open_work, read_work
from ingest.errors import UsageError

NAMES = {
    "warehouse/gongkai.duckdb": "warehouse/gongkai.work.duckdb",
    "/a b/公开.duckdb": "/a b/公开.work.duckdb",
    "g.2024.duckdb": "g.2024.work.duckdb",
    "w.duckdb.duckdb": "w.duckdb.work.duckdb",
    "it's.duckdb": "it's.work.duckdb",
    "abcdefghijk.db": None,
    "gongkai.DUCKDB": None,
    "duckdb": None,
    ".duckdb": None,
    "folder/.duckdb": None,
    "gongkai.duckdb.old": None,
    "gongkai.work.duckdb": None,
    "folder/x.work.duckdb": None,
    "x.workduckdb.duckdb": "x.workduckdb.work.duckdb",
}


def dbts_work_file(name: str) -> str:
    """The work file that dbt attaches."""
    set_invocation_context({"GONGKAI_WAREHOUSE": name})
    output = yaml.safe_load((ROOT / "profiles.yml").read_text("utf-8"))["gongkai"]["outputs"]["dev"]
    return str(ProfileRenderer({}).render_data(output)["attach"][0]["path"])


@pytest.mark.parametrize("name", NAMES)
def test_dbt_finds_the_work_file_by_the_same_rule(name: str) -> None:
    work = NAMES[name]
    if work is not None:
        assert str(Warehouse(Path(name)).work) == work
        assert dbts_work_file(name) == work
        return
    with pytest.raises(UsageError, match=r"ends in \.duckdb|the name of a work file"):
        _ = Warehouse(Path(name)).work
    with pytest.raises(DbtBaseException, match=r"a file whose name ends in \.duckdb"):
        dbts_work_file(name)


def test_no_two_files_of_a_warehouse_are_one_and_all_stand_in_its_folder(tmp_path: Path) -> None:
    files = Warehouse(tmp_path / "w.duckdb").own_files()
    assert len(set(files)) == len(files)
    assert {file.parent for file in files} == {tmp_path}


def test_what_a_killed_publish_left_is_found_by_the_whole_name(tmp_path: Path) -> None:
    for name in ("[ab].publishing-1.duckdb", "a.publishing-1.duckdb", "[ab].publishing-plan.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in Warehouse(tmp_path / "[ab].duckdb").left_by_killed_publishes()] == [
        "[ab].publishing-1.duckdb"
    ]


def test_what_an_older_version_remembered_is_unknown_and_dropped(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    former = ("build_ledger", "seed_versions", "rules_built", "macros_built", "published_file", "published_ledger")
    with open_work(warehouse) as connection:
        connection.execute("create schema intermediate; create table intermediate.int_kept (document_id varchar)")
        for table in former:
            connection.execute(f"create table intermediate.{table} as select 'old' as fingerprint")
    assert state.built_by(warehouse, "rules") is state.built_by(warehouse, "macros") is None
    assert state.published_file(warehouse) is None
    state.drop_former(warehouse)
    with read_work(warehouse) as connection:
        left = connection.sql("select table_name from duckdb_tables() where schema_name = 'intermediate'").fetchall()
    assert left == [("int_kept",)]
    state.drop_former(warehouse)
