"""Building by document: new documents and changed rules rebuild what they must, and nothing else; by either way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, run_dbt, run_gongkai
from helpers.marts import different, never_null, shape
from helpers.project import copy_project

from gongkai.building import build, materializing
from gongkai.warehouse import Warehouse

SAMPLES = sorted((ROOT / "samples" / "reports").iterdir())
LABELS, WORDS = "seeds/forms/form_labels.csv", "seeds/prose/prose_zeros.csv"
MARK = "planted by the test"


def dbt(published: Path, project: Path, parsed: Path) -> None:
    """The command's own way of running dbt, which publishes; then dbt alone, up to the observations, without tests."""
    target = Warehouse(published).scratch_folder / "target"
    if not published.exists():
        shutil.copytree(parsed, target)
        do(published, project, "build", "--dbt")
        return
    command = ["build", "--quiet", "--resource-type", "model", "--resource-type", "seed"]
    done = run_dbt(
        *(*command, "--select", "+observations", "+dim_report"), target=target, published=published, project=project
    )
    assert done.returncode == 0, done.stdout + done.stderr


def compiled(published: Path, project: Path, _: Path) -> None:
    """By what dbt compiled."""
    do(published, project, "build")


def do(published: Path, project: Path, *arguments: str | Path) -> None:
    """Beside the warehouse, for dbt to know it by the name by which it was parsed."""
    done = run_gongkai(*arguments, published=published, cwd=published.parent, project=project)
    assert done.returncode == 0, done.stdout + done.stderr


def rows(published: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(Warehouse(published).work), read_only=True) as connection:
        return connection.sql(query).fetchall()


def plant(published: Path) -> int:
    """Mark every row of the tables that prose and cells are read into; give back the number of documents marked."""
    with duckdb.connect(str(Warehouse(published).work)) as connection:
        for table in ("int_cells_matched", "int_clauses_matched"):
            connection.execute(f"update intermediate.{table} set rule_id = ?", [MARK])
    return len(marked(published, "int_cells_matched") | marked(published, "int_clauses_matched"))


def marked(published: Path, table: str) -> set[object]:
    query = f"select distinct document_id from intermediate.{table} where rule_id = '{MARK}'"
    return {document_id for (document_id,) in rows(published, query)}


@pytest.mark.parametrize("build", [dbt, compiled], ids=lambda way: way.__name__)
def test_new_documents_and_what_stands_on_a_changed_seed_are_built_and_nothing_else(
    build: Callable[[Path, Path, Path], None], built_samples: Path, parsed: Path, tmp_path: Path
) -> None:
    """One half of the samples is built, then both, with one more label that no form has, and with the rows of another
    seed in another order, which is no change of it. The end is the same as of all at once."""
    project, published, reports = copy_project(tmp_path / "project"), tmp_path / "w.duckdb", tmp_path / "reports"
    reports.mkdir()
    for path in SAMPLES[::2]:
        shutil.copy(path, reports)
    do(published, project, "ingest", reports)
    build(published, project, parsed)
    assert shape(published) == shape(built_samples)
    assert never_null(Warehouse(published).work) == never_null(Warehouse(built_samples).work)
    other = tmp_path / "other" / published.name
    other.parent.mkdir()
    shutil.copy(Warehouse(published).work, Warehouse(other).work)
    do(other, project, "build")
    assert different(other, published) == {}, "what dbt compiled makes other marts than dbt"
    assert plant(published) > 2
    known = marked(published, "int_clauses_matched")

    for path in SAMPLES[1::2]:
        shutil.copy(path, reports)
    head, *words = (project / WORDS).read_text("utf-8").splitlines()
    (project / WORDS).write_text("\n".join([head, *reversed(words)]) + "\n", "utf-8")
    labels = (project / LABELS).read_text("utf-8").splitlines()
    last = labels[-1].split(",")
    labels.append(",".join([last[0], "a label that no form has", *last[2:]]))
    (project / LABELS).write_text("\n".join(labels) + "\n", "utf-8")
    do(published, project, "ingest", reports)
    build(published, project, parsed)
    assert marked(published, "int_clauses_matched") == known, "built again for documents that it knew"
    assert len(rows(published, "select distinct document_id from intermediate.int_clauses_matched")) > len(known)
    assert not marked(published, "int_cells_matched"), "a model below the seed kept rows of the old rules"
    if build is compiled:  # it publishes; dbt was asked for a part of the models
        do(other, project, "ingest", reports)
        build(other, project, parsed)
        assert different(other, built_samples) == {}, "the same without what was planted"
    values = "select * exclude (rule_id) from marts.observations order by all"
    assert rows(published, values) == rows(built_samples, values)


def test_shares_of_the_documents_make_the_same(
    built_samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All made anew, five documents at a time, and years and bodies in as many shares."""
    here = Warehouse(built_samples).work, built_samples
    for path in here:
        shutil.copy(path, tmp_path)
    published = tmp_path / built_samples.name
    shares: list[int] = []
    monkeypatch.setattr(materializing, "MOST_AT_ONCE", 5)
    of_pending = materializing._batches
    monkeypatch.setattr(materializing, "_batches", lambda *given: (shares.append(given[-1]), of_pending(*given))[1])
    built = build(Warehouse(published), full_refresh=True, progress=lambda *told: None)
    assert not built.failures
    assert min(shares) > 2
    assert different(published, built_samples) == {}
