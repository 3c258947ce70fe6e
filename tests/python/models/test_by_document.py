"""Building by document: new documents and changed rules rebuild what they must, and nothing else; by either way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from helpers.command import ROOT, run_dbt, run_gongkai
from helpers.marts import different
from helpers.project import copy_project, run_in

from gongkai.building import build, materializing
from gongkai.warehouse import Warehouse

SAMPLES = sorted((ROOT / "samples" / "reports").iterdir())
LABELS = "seeds/forms/form_labels.csv"
MARK = "planted by the test"


def dbt(project: Path, published: Path) -> None:
    """Seeds and models up to the observations, without tests: these are about what is built, not about the rules."""
    command = ["build", "--quiet", "--resource-type", "model", "--resource-type", "seed"]
    command += ["--select", "+observations", "+dim_report"]
    done = run_dbt(*command, target=project / "target", published=published, project=project)
    assert done.returncode == 0, done.stdout + done.stderr


def compiled(project: Path, published: Path) -> None:
    """All of it, by what dbt compiled."""
    done = run_in(project, "build", published=published)
    assert done.returncode == 0, done.stderr


class Halves(NamedTuple):
    """The samples built in two halves, and which documents of the first half kept their planted rows."""

    build: Callable[[Path, Path], None]
    project: Path
    published: Path
    planted: dict[str, set[object]]


def ingest(published: Path, folder: Path) -> None:
    done = run_gongkai("ingest", folder, published=published)
    assert done.returncode == 0, done.stderr


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


@pytest.fixture(scope="module", params=[dbt, compiled], ids=lambda way: way.__name__)
def halves(
    request: pytest.FixtureRequest, built_samples: Path, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Halves:
    """One half built, then both, with the rows of a seed in another order, which is no change of it."""
    place = tmp_path_factory.mktemp("halves")
    build, project, published = request.param, copy_project(place / "project"), place / "w.duckdb"
    (project / "target").mkdir(exist_ok=True)
    shutil.copy(parsed / "partial_parse.msgpack", project / "target")
    (place / "reports").mkdir()
    for path in SAMPLES[::2]:
        shutil.copy(path, place / "reports")
    ingest(published, place / "reports")
    build(project, published)
    assert plant(published) > 2
    planted = {table: marked(published, table) for table in ("int_cells_matched", "int_clauses_matched")}
    for path in SAMPLES[1::2]:
        shutil.copy(path, place / "reports")
    head, *labels = (project / LABELS).read_text("utf-8").splitlines()
    (project / LABELS).write_text("\n".join([head, *reversed(labels)]) + "\n", "utf-8")
    ingest(published, place / "reports")
    build(project, published)
    return Halves(build, project, published, planted)


def test_new_documents_alone_are_built_and_the_end_is_the_same(halves: Halves, built_samples: Path) -> None:
    for table, documents in halves.planted.items():
        assert marked(halves.published, table) == documents, f"{table} was built again for documents that it knew"
        built = rows(halves.published, f"select distinct document_id from intermediate.{table}")
        assert len(built) > len(documents)

    if halves.build is compiled:  # it publishes; dbt was asked for a part of the models
        assert different(halves.published, built_samples) == {}
    values = (
        "select document_id, indicator_code, applicant_type, value, is_selected from marts.observations order by all"
    )
    assert sorted(map(str, rows(halves.published, values))) == sorted(map(str, rows(built_samples, values)))


def test_a_changed_seed_rebuilds_what_stands_on_it_alone(halves: Halves, built_samples: Path) -> None:
    build, project, published, _ = halves
    plant(published)
    lines = (project / LABELS).read_text("utf-8").splitlines()
    last = lines[-1].split(",")
    lines.append(",".join([last[0], "a label that no form has", *last[2:]]))
    (project / LABELS).write_text("\n".join(lines) + "\n", "utf-8")
    build(project, published)
    assert not marked(published, "int_cells_matched"), "a model below the seed kept rows of the old rules"
    assert marked(published, "int_clauses_matched"), "a model that does not stand on the seed was built again"
    count = "select count(*) from marts.observations"
    assert rows(published, count) == rows(built_samples, count)


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
