"""What dbt compiled is kept, and where a rule changed it is what dbt would make of all rules anew."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment, run_forked
from helpers.project import build_models, compile_listing_slowly, compiled_of, copy_project

from gongkai import project as of_project
from gongkai.building import compiling
from gongkai.building.compiled import Node, read_compiled
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.work import open_work, read_work


def compile_slowly(project: Path) -> subprocess.CompletedProcess[str]:
    environment = gongkai_environment() | {"PYTHONPATH": str(project)}
    return run_forked(compile_listing_slowly, [], environment=environment, cwd=project, project=project)


def nodes(project: Path) -> dict[str, Node]:
    compiled = read_compiled(project / "target" / "gongkai" / "compiled.duckdb", "")
    assert compiled is not None
    return compiled.nodes


def test_what_stands_on_a_changed_rule_is_compiled_as_all_of_it_would_be(built_samples: Path, tmp_path: Path) -> None:
    """The second time by two processes at once, which find nothing there, and where dbt has yet to list a seed as it is
    asked for it: none is taken for one without rows."""
    project = copy_project(tmp_path / "project")
    before = nodes(project)
    labels = project / "seeds" / "forms" / "form_labels.csv"
    lines = labels.read_text("utf-8").splitlines()
    last = lines[-1].split(",")
    labels.write_text("\n".join([*lines, ",".join([last[0], "无此标签", *last[2:]])]) + "\n", "utf-8")
    model = project / "models" / "prose" / "int_zeros_matched.sql"
    model.write_text(model.read_text("utf-8") + "\n-- another file\n", "utf-8")
    for name, old, new in (
        ("macros/metrics.sql", "'per_hundred' then 100", "'per_hundred' then 200"),  # called by a model alone
        ("macros/agencies.sql", "'g')", "'gi')"),  # called by another macro, in a loop over the rows of a seed
        ("models/core/_core__models.yml", "- name: waived\n", "- name: exempted\n"),
    ):
        text = (project / name).read_text("utf-8")
        assert old in text
        (project / name).write_text(text.replace(old, new), "utf-8")
    (project / "models" / "extra.sql").write_text("select 1 as one from {{ ref('form_labels') }}\n", "utf-8")

    in_part = compiled_of(project).nodes
    shutil.rmtree(project / "target")
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(compile_slowly, [project, project]))
    assert [(each.returncode, each.stderr) for each in done] == [(0, ""), (0, "")]
    assert nodes(project) == in_part

    changed = {node.name for key, node in in_part.items() if key not in before or node.version != before[key].version}
    assert {"form_labels", "int_cells_matched", "int_zeros_matched", "observations", "extra"} <= changed
    assert {"metrics", "int_agency_phrases", "fct_fees"} <= changed
    assert not changed & {"prose_figures", "int_document_lines", "dim_region"}
    written = {key for key, node in in_part.items() if key in before and node.written_from != before[key].written_from}
    assert len(written) < len(before) / 4, "what stands on no changed file was compiled again"
    assert "-- another file" in in_part["model.gongkai.int_zeros_matched"].sql


@pytest.mark.parametrize("package", ["duckdb", "dbt-core", "dbt-duckdb"])
def test_a_later_patch_of_a_tool_finds_what_was_compiled_and_a_later_release_does_not(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip takes the newest patch for a wheel that was compiled with the versions of the lock."""
    compiled_of(ROOT)
    first, second, third = (int(part) for part in version(package).split(".")[:3])
    for number, is_found in (
        (f"{first}.{second}.{third + 1}", True),
        (f"{first}.{second + 1}.0", False),
    ):
        monkeypatch.setattr(of_project, "version", lambda name, to=number: to if name == package else version(name))
        assert f"{package} {number}" in of_project.tool_versions()
        assert (compiling.compiled_file(ROOT, tmp_path) is not None) is is_found, number


def test_rows_that_another_patch_of_duckdb_made_are_made_again(
    built_samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = tmp_path / built_samples.name
    shutil.copy(Warehouse(built_samples).work, Warehouse(published).work)

    def made() -> set[str]:
        results = build_models(published, "stg_raw__blocks", "stg_raw__documents").results
        assert {each.status for each in results} == {"success"}
        return {each.unique_id.rpartition(".")[2] for each in results if not each.message}

    assert made() == {"stg_raw__documents"}  # which may have been landed since, as far as it can know
    monkeypatch.setattr(duckdb, "__version__", "2.0.99")
    assert made() == {"stg_raw__blocks", "stg_raw__documents"}
    assert made() == {"stg_raw__documents"}


def test_a_new_work_file_begins_with_what_stands_on_rules_alone(gongkai: Gongkai, tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    report = ROOT / "samples" / "reports" / "2022-deqing-xian.html"
    assert gongkai("ingest", report, published=warehouse.published).returncode == 0
    compiled = compiled_of(ROOT)
    with read_work(warehouse) as connection:
        there = connection.sql("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        assert dict(state.nodes_built(connection)) == {
            key: node.version for key, node in compiled.nodes.items() if not node.from_raw
        }
    assert ("marts.dim_region",) in there
    assert ("state.compiled",) not in there
    outcome = build_models(warehouse.published, "stg_raw__blocks")
    assert outcome.steps == len(outcome.results) == 1, "tables of rules were copied that were there already"


def test_where_the_file_of_rules_is_lost_meanwhile_a_work_file_begins_empty(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    with open_work(warehouse, template=lambda: tmp_path / "lost") as connection:
        assert connection.sql("select distinct schema_name from duckdb_tables()").fetchall() == [("raw",)]


def test_where_nobody_may_write_beside_the_project_it_is_kept_beside_the_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, scratch = tmp_path / "project", Warehouse(tmp_path / "w.duckdb").scratch_folder
    project.mkdir()
    assert compiling.folder_of(project, scratch) == scratch  # not a repository with this package in it
    monkeypatch.setattr(compiling, "checkout", lambda: project)
    assert project in compiling.folder_of(project, scratch).parents
    monkeypatch.setattr(os, "access", lambda path, mode: path != project)
    assert compiling.folder_of(project, scratch) == scratch
