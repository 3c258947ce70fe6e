"""Building by document: new documents and changed rules rebuild what they must, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
from helpers.command import ROOT, gongkai_environment, run_gongkai

from gongkai.warehouse import Warehouse

SAMPLES = sorted((ROOT / "samples" / "reports").iterdir())
MARK = "planted by the test"


def copy_project(target: Path) -> Path:
    """A copy of the dbt project whose seeds a test may change."""
    for name in ("models", "seeds", "macros", "tests/generic"):
        shutil.copytree(ROOT / name, target / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, target / name)
    return target


def dbt(project: Path, published: Path) -> None:
    """Seeds and models up to the observations, without tests: these are about what is built, not about the rules."""
    command = [Path(sys.executable).with_name("dbt"), "build", "--quiet", "--resource-type", "model"]
    command += ["--resource-type", "seed", "--select", "+observations", "+dim_report"]
    done = subprocess.run(
        command, cwd=project, env=gongkai_environment(published), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def ingest(published: Path, folder: Path) -> None:
    done = run_gongkai("ingest", folder, published=published)
    assert done.returncode == 0, done.stderr


def rows(published: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(Warehouse(published).work), read_only=True) as connection:
        return connection.sql(query).fetchall()


def contents(published: Path) -> list[list[tuple[object, ...]]]:
    """All that stands in the two tables, in an order of its own."""
    return [rows(published, f"from marts.{table} order by all") for table in ("observations", "dim_report")]


def plant(published: Path) -> int:
    """Mark every row of the tables that prose and cells are read into; give back the number of documents marked."""
    with duckdb.connect(str(Warehouse(published).work)) as connection:
        for table in ("int_cells_matched", "int_clauses_matched"):
            connection.execute(f"update intermediate.{table} set rule_id = ?", [MARK])
    return len(marked(published, "int_cells_matched") | marked(published, "int_clauses_matched"))


def marked(published: Path, table: str) -> set[object]:
    query = f"select distinct document_id from intermediate.{table} where rule_id = '{MARK}'"
    return {document_id for (document_id,) in rows(published, query)}


def test_new_documents_alone_are_built_and_the_end_is_the_same(built_samples: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    for path in SAMPLES[::2]:
        shutil.copy(path, reports)
    project, published = copy_project(tmp_path / "project"), tmp_path / "w.duckdb"
    ingest(published, reports)
    dbt(project, published)
    assert plant(published) > 2
    before = {table: marked(published, table) for table in ("int_cells_matched", "int_clauses_matched")}

    for path in SAMPLES[1::2]:
        shutil.copy(path, reports)
    ingest(published, reports)
    dbt(project, published)
    for table, documents in before.items():
        assert marked(published, table) == documents, f"{table} was built again for documents that it knew"
        assert len(rows(published, f"select distinct document_id from intermediate.{table}")) > len(documents)

    values = (
        "select document_id, indicator_code, applicant_type, value, is_selected from marts.observations order by all"
    )
    assert sorted(map(str, rows(published, values))) == sorted(map(str, rows(built_samples, values)))


def test_a_changed_seed_rebuilds_what_stands_on_it_alone(built_samples: Path, tmp_path: Path) -> None:
    shutil.copy(Warehouse(built_samples).work, tmp_path / "w.work.duckdb")
    project, published = copy_project(tmp_path / "project"), tmp_path / "w.duckdb"
    undisturbed = contents(built_samples)
    plant(published)
    labels = project / "seeds" / "forms" / "form_labels.csv"
    lines = labels.read_text("utf-8").splitlines()
    labels.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", "utf-8")
    dbt(project, published)
    assert marked(published, "int_clauses_matched"), "nothing had changed"
    assert marked(published, "int_cells_matched"), "the order of a seed's rows is not a change"

    last = lines[-1].split(",")
    labels.write_text("\n".join([*lines, ",".join([last[0], "a label that no form has", *last[2:]])]) + "\n", "utf-8")
    dbt(project, published)
    assert not marked(published, "int_cells_matched"), "a model below the seed kept rows of the old rules"
    assert marked(published, "int_clauses_matched"), "a model that does not stand on the seed was built again"
    assert rows(published, "select count(*) from marts.observations")[0][0] == len(undisturbed[0])
