"""`gongkai build` and `gongkai run` on the samples: what is said, what is published, and what survives a kill."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment
from helpers.processes import PATIENCE, kill_after, wait_until
from helpers.project import copy_project, run_in

from gongkai import publications
from gongkai.warehouse import Warehouse
from gongkai.warehouse.lock import write_lock
from gongkai.warehouse.work import open_work

SAMPLES = ROOT / "samples" / "reports"


@pytest.fixture
def warehouse(built_samples: Path, tmp_path: Path) -> Path:
    """A copy of the built samples that a test may spoil."""
    published = tmp_path / built_samples.name
    for path in (built_samples, Warehouse(built_samples).work):
        shutil.copy(path, tmp_path / path.name)
    return published


@pytest.fixture
def project(built_samples: Path, tmp_path: Path) -> Path:
    """A copy of the project that a test may break, with its rules as they were compiled for the samples."""
    return copy_project(tmp_path / "project")


def state(path: Path) -> tuple[int, int, int]:
    """What changes whenever somebody publishes or writes."""
    return (path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_size)


def marts(published: Path) -> dict[str, tuple[object, ...]]:
    """A number for each mart that says whether its rows are the same, whatever their order and when they were seen."""
    with duckdb.connect(str(published), read_only=True) as connection:
        names = connection.sql(
            "select table_name from duckdb_tables() where schema_name = 'marts' "
            f"and not list_contains({list(publications.TABLES)}, table_name)"
        ).fetchall()
        return {
            name: connection.sql(
                "select count(*), sum(hash(each)) from "
                f"(select columns(lambda name: name != 'last_seen_at') from marts.{name}) as each"
            ).fetchall()[0]
            for (name,) in names
        }


def test_a_second_run_changes_nothing_and_does_without_dbt(warehouse: Path) -> None:
    before = state(warehouse)
    command = [sys.executable, "-X", "importtime", "-m", "gongkai.cli", "run", str(SAMPLES)]
    done = subprocess.run(
        command, cwd=ROOT, env=gongkai_environment(warehouse), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "nothing new" in done.stdout
    assert re.search(r"\| +duckdb\b", done.stderr)
    assert not re.search(r"\| +dbt\.", done.stderr), "dbt takes seconds to import, and there is nothing for it to do"
    assert state(warehouse) == before


def test_run_shows_what_the_warehouse_holds(warehouse: Path, gongkai: Gongkai) -> None:
    done = gongkai("run", SAMPLES, published=warehouse)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        years = connection.sql(
            """
            select reports.year, count(*), sum(facts.received)::bigint, count(facts.received)
            from marts.dim_report as reports
            left join marts.additive_reports as additive on reports.report_id = additive.report_id
            left join marts.fct_applications as facts on additive.report_id = facts.report_id
            where reports.is_current
            group by reports.year
            """
        ).fetchall()
    assert any(received for _, _, received, _ in years)
    shown = [line.split() for line in done.stdout.splitlines()]
    for year, count, received, stated in years:
        start = ["unknown" if year is None else str(year), str(count)]
        end = [*([] if received is None else [f"{received:,}"]), str(stated)]
        assert any(line[:2] == start and line[-len(end) :] == end for line in shown), done.stdout


def test_a_failing_test_is_shown_with_its_rows_and_nothing_is_published(warehouse: Path, gongkai: Gongkai) -> None:
    before = state(warehouse)
    with open_work(Warehouse(warehouse)) as connection:
        document_id = connection.sql("select min(document_id) from raw.documents").fetchall()[0][0]
        connection.execute("insert into raw.documents select * from raw.documents where document_id = ?", [document_id])
    done = gongkai("build", published=warehouse)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    failed = [line for line in lines if line.startswith("failed: test unique_stg_raw__documents_document_id")]
    assert failed and "1 row against the rule" in failed[0]
    assert any(f"unique_field={document_id}" in line for line in lines)
    assert lines[-1].startswith("gongkai: ") and "nothing was published" in lines[-1]
    assert state(warehouse) == before
    with open_work(Warehouse(warehouse)) as connection:
        connection.execute(
            "delete from raw.documents where rowid in (select max(rowid) from raw.documents where document_id = ?)",
            [document_id],
        )
    assert gongkai("build", published=warehouse).returncode == 0


def test_broken_sql_is_one_line_that_names_its_file(project: Path, warehouse: Path) -> None:
    """What stands on it is not built, and is no failure of its own."""
    model = project / "models" / "staging" / "stg_raw__documents.sql"
    model.write_text("select nothing_of_the_kind\nfrom {{ source('raw', 'documents') }}\n")
    done = run_in(project, "build", published=warehouse)
    assert done.returncode == 1
    failed = [line for line in done.stderr.splitlines() if line.startswith("failed: ")]
    assert len(failed) == 1
    assert "models/staging/stg_raw__documents.sql" in failed[0] and "nothing_of_the_kind" in failed[0]


def test_a_project_that_cannot_be_read_is_one_line(project: Path, warehouse: Path) -> None:
    (project / "models" / "regions" / "dim_level.sql").write_text("select * from {{ ref('no_such_model') }}\n")
    done = run_in(project, "build", published=warehouse)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "no_such_model" in done.stderr and "Traceback" not in done.stderr


def test_changed_rules_of_every_kind_are_seen(project: Path, warehouse: Path) -> None:
    """A row of a seed, a renamed column of a fact (which is made anew), and a macro of what is built by report; in one
    build, as none of them stands on another."""
    for file, old, new in (
        ("seeds/regions/levels.csv", "县级", "县（市、区）级"),
        ("models/core/_core__models.yml", "- name: waived\n", "- name: exempted\n"),
        ("macros/metrics.sql", "'per_hundred' then 100", "'per_hundred' then 200"),
    ):
        text = (project / file).read_text("utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new), "utf-8")
    metrics = (
        "select report_id, metric_code, value from marts.metrics where unit = 'per_hundred' and value > 0 order by all"
    )
    fees = "select report_id, collected, {} from marts.fct_fees order by all"
    before, waived = rows(warehouse, metrics), rows(warehouse, fees.format("waived"))
    assert before and any(value is not None for *_, value in waived)
    done = run_in(project, "build", published=warehouse)
    assert done.returncode == 0, done.stderr
    names = rows(warehouse, "select name_zh from marts.dim_level where level_code = 'county'")
    assert names == [("县（市、区）级",)]
    assert rows(warehouse, fees.format("exempted")) == waived
    after = rows(warehouse, metrics)
    assert [round(value / 2, 4) for *_, value in after] == [round(value, 4) for *_, value in before]


def rows(published: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.sql(query).fetchall()


def test_a_failed_publish_makes_the_next_one_a_full_copy(warehouse: Path) -> None:
    """The rules count as published only when they are: the next publish would exchange rows of changed documents."""
    work = state(Warehouse(warehouse).work)
    process = start_build(warehouse)
    wait_until(lambda: state(Warehouse(warehouse).work) != work, "a build that writes")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table marts.mine as select 1 as x")
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, len(said(errors))) == (1, 1), errors
    assert "holds marts.mine" in errors
    assert "rules_built" not in [
        name for (name,) in rows(Warehouse(warehouse).work, "select table_name from duckdb_tables()")
    ]


def test_two_at_once_is_one_line(warehouse: Path, gongkai: Gongkai) -> None:
    with write_lock(Warehouse(warehouse)):
        for command in (["build"], ["run", SAMPLES]):
            done = gongkai(*command, published=warehouse)
            assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
            assert "another gongkai" in done.stderr


def test_a_build_before_any_ingest_says_what_to_do(tmp_path: Path, gongkai: Gongkai) -> None:
    done = gongkai("build", published=tmp_path / "w.duckdb")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "gongkai run FOLDER" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_is_one_line_and_the_next_build_goes_on(warehouse: Path, gongkai: Gongkai) -> None:
    before, work = state(warehouse), state(Warehouse(warehouse).work)
    process = start_build(warehouse)
    wait_until(lambda: state(Warehouse(warehouse).work) != work, "a build that writes")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, len(said(errors))) == (130, 1), errors
    assert "stopped" in errors
    assert state(warehouse) == before


def reader(published: Path) -> subprocess.Popen[str]:
    """A process that holds the published file open until it is written to, and then counts its reports."""
    code = (
        f"import duckdb, sys; connection = duckdb.connect({str(published)!r}, read_only=True); "
        "print('open', flush=True); sys.stdin.readline(); "
        "print(connection.sql('select count(*) from marts.dim_report').fetchall()[0][0])"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "open\n"
    return process


def test_killed_builds_leave_the_old_file_and_the_next_build_ends_the_same(warehouse: Path, gongkai: Gongkai) -> None:
    """Full rebuilds are killed at random moments; afterwards a build gives what an undisturbed one gives, and a reader
    who holds the old file open neither stops it nor loses anything.
    """
    undisturbed = marts(warehouse)
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    killed = 0
    for _ in range(3):
        process = start_build(warehouse)
        kill_after(process, chance.uniform(1, 5))
        killed += process.returncode == -signal.SIGKILL
        assert marts(warehouse) == undisturbed, f"seed {seed}"
    assert killed, "every build ended before it was killed; the moments are wrong"
    before, holder = state(warehouse), reader(warehouse)
    done = gongkai("build", "--full-refresh", published=warehouse)
    assert done.returncode == 0, done.stderr
    assert state(warehouse) != before
    counted, _ = holder.communicate("\n", timeout=PATIENCE)
    assert holder.returncode == 0 and int(counted) > 0
    assert marts(warehouse) == undisturbed, f"seed {seed}"


def said(errors: str) -> list[str]:
    """The lines but for those that tell how far a build is, which a loaded machine makes more of."""
    return [line for line in errors.splitlines() if not line.startswith("building: ")]


def start_build(warehouse: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gongkai.cli", "build", "--full-refresh"],
        cwd=ROOT,
        env=gongkai_environment(warehouse),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
