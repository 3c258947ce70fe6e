"""The files of a warehouse: one rule from the published file to all others, here and in dbt's profile."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml
from helpers.command import ROOT

from gongkai.building.direct import open_database
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.settings import SETTINGS, allowance
from gongkai.warehouse.sql import attach
from gongkai.warehouse.work import bring_to_this_version, open_work, read_work
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
    from dbt.config.renderer import ProfileRenderer
    from dbt_common.context import set_invocation_context

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
    from dbt_common.exceptions import DbtBaseException

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
        connection.execute("create schema state")
        for table in ("build_ledger", "published_ledger", "published_file", "seed_versions"):
            connection.execute(f"create table state.{table} as select 1 as inode, 2 as size")
    assert state.built_by(warehouse, "rules") is state.built_by(warehouse, "macros") is None
    bring_to_this_version(warehouse)
    with read_work(warehouse) as connection:
        left = connection.sql("select table_name from duckdb_tables() where schema_name <> 'raw'").fetchall()
    assert sorted(left) == [("int_kept",), ("seed_versions",)]
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.work, "work", "read_only")
        assert state.published_file(connection) is None
    bring_to_this_version(warehouse)


def test_a_build_takes_half_of_the_machine_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GONGKAI_MEMORY", raising=False)
    monkeypatch.delenv("GONGKAI_TEMP", raising=False)
    warehouse, limit = Warehouse(tmp_path / "w.duckdb"), tmp_path / "memory.max"
    monkeypatch.setattr("gongkai.warehouse.settings._CONTAINER", limit)
    limit.write_text(f"{3 << 30}\n")
    assert allowance(warehouse.spill_folder) == ("1536MiB", warehouse.spill_folder)
    limit.write_text(f"{1 << 30}\n")
    assert allowance(warehouse.spill_folder).memory == "1024MiB"
    limit.write_text("max\n")
    assert allowance(warehouse.spill_folder).memory.removesuffix("MiB").isdigit()
    monkeypatch.setenv("GONGKAI_MEMORY", "700MB")
    monkeypatch.setenv("GONGKAI_TEMP", str(tmp_path))
    assert allowance(warehouse.spill_folder) == ("700MB", tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("GONGKAI_MEMORY", "much", "is much, which is no amount"), ("GONGKAI_TEMP", "/no/folder", "where no folder is")],
)
def test_what_is_no_amount_and_no_folder_is_wrong_usage(
    name: str, value: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=told):
        allowance(tmp_path)


def test_a_build_in_little_memory_spills_beside_the_work_file_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    with open_work(warehouse):
        pass
    monkeypatch.setenv("GONGKAI_MEMORY", "60MB")
    with open_database(ROOT, warehouse) as connection:
        connection.execute("set threads = 1")
        connection.execute("create table gongkai.state.spilt as select md5(range::varchar) as text from range(1500000)")
        cursor = connection.execute("select text, count(*) from gongkai.state.spilt group by text order by text")
        assert cursor.fetchone() is not None
        assert list(warehouse.spill_folder.glob("duckdb_temp_*"))
    assert not warehouse.spill_folder.exists()
