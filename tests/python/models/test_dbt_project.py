"""The dbt project as a whole: its YAML by dbt's own schema, and the rules of the house over its manifest."""

from __future__ import annotations

import csv
import json
import re
from graphlib import TopologicalSorter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from helpers.command import ROOT

DBT_SCHEMAS = Path((find_spec("dbt.jsonschemas").submodule_search_locations or [""])[0])  # type: ignore[union-attr]
YAML_FILES = sorted([*ROOT.glob("models/**/*.yml"), *ROOT.glob("seeds/**/*.yml")])
# The schema spells metrics as a later dbt does; what this one takes its own parser validates (manifest, below).
YAML_FILES.remove(ROOT / "models" / "metrics" / "_semantic_models.yml")

PREFIXES = {"staging": ("stg_raw__",), "intermediate": ("int_",)}
"""How the names of a schema's models begin; those of marts begin in neither way."""


@pytest.fixture(scope="module")
def manifest(parsed: Path) -> dict[str, Any]:
    """dbt's manifest of the project."""
    return json.loads((parsed / "manifest.json").read_text("utf-8"))


def models(manifest: dict[str, Any], schema: str = "") -> list[dict[str, Any]]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and schema in ("", node["config"]["schema"])
    ]


def attached_tests(manifest: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in manifest["nodes"].values() if each.get("attached_node") == node["unique_id"]]


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_yaml_fits_the_schema_that_dbt_ships(path: Path) -> None:
    """On DuckDB dbt takes misspelt keys without a word; its own schema finds them."""
    schema = json.loads((DBT_SCHEMAS / "resources" / "latest.json").read_text("utf-8"))
    content = yaml.safe_load(path.read_text("utf-8"))
    errors = [
        error
        for error in jsonschema.Draft7Validator(schema).iter_errors({"version": 2, **content})
        if not _is_lower_case_severity(error)
    ]
    assert [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors] == []


def _is_lower_case_severity(error: jsonschema.ValidationError) -> bool:
    """The schema writes Error and Warn, dbt itself takes error and warn."""
    leaves = [error, *(error.context or [])]
    return any("severity" in leaf.absolute_path and leaf.instance in {"error", "warn"} for leaf in leaves)


def test_the_project_file_fits_the_schema_that_dbt_ships() -> None:
    newest = max((DBT_SCHEMAS / "project").glob("*.json"), key=lambda path: tuple(map(int, path.stem.split("."))))
    content = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))
    errors = jsonschema.Draft7Validator(json.loads(newest.read_text("utf-8"))).iter_errors(content)
    assert [error.message[:200] for error in errors] == []


def test_its_pages_open_on_an_overview_of_ours(manifest: dict[str, Any]) -> None:
    page = manifest["docs"]["doc.gongkai.__overview__"]["block_contents"]
    named = set(re.findall(r"`(\w+)`", page)) & {name.split(".")[-1] for name in manifest["nodes"]}
    assert {"reports_wide", "observations", "coverage"} <= named


def test_the_files_that_were_read_have_an_age_that_dbt_knows(manifest: dict[str, Any]) -> None:
    runs = manifest["sources"]["source.gongkai.raw.ingest_runs"]
    assert runs["loaded_at_field"] == "finished_at" and runs["freshness"]["warn_after"] == {
        "count": 31,
        "period": "day",
    }


def test_names_fit_their_schemas(manifest: dict[str, Any]) -> None:
    wrong = [
        node["path"]
        for schema, prefixes in PREFIXES.items()
        for node in models(manifest, schema)
        if not node["name"].startswith(prefixes)
    ]
    marts = [node["path"] for node in models(manifest, "marts") if node["name"].startswith(("stg_", "int_"))]
    elsewhere = [node["path"] for node in models(manifest) if node["config"]["schema"] not in {*PREFIXES, "marts"}]
    assert wrong + marts + elsewhere == []


def test_data_flows_one_way_through_the_folders(manifest: dict[str, Any]) -> None:
    """A folder stands on others and never, through any of them, on itself."""
    below: dict[str, set[str]] = {}
    for node in models(manifest):
        folder = node["path"].split("/")[0]
        parents = (manifest["nodes"].get(parent) for parent in node["depends_on"]["nodes"])
        folders = {parent["path"].split("/")[0] for parent in parents if parent and parent["resource_type"] == "model"}
        below.setdefault(folder, set()).update(folders - {folder})
    order = list(TopologicalSorter(below).static_order())  # CycleError names a circle
    assert order[0] == "staging" and set(order) == {path.name for path in (ROOT / "models").iterdir() if path.is_dir()}


def test_yaml_lies_in_the_folder_of_its_models(manifest: dict[str, Any]) -> None:
    apart = [
        node["name"]
        for node in models(manifest)
        if Path(node["patch_path"].split("://")[1]).parent != Path(node["original_file_path"]).parent
    ]
    for unit_test in manifest["unit_tests"].values():
        model = next(node for node in models(manifest) if node["name"] == unit_test["model"])
        if Path(unit_test["original_file_path"]).parent != Path(model["original_file_path"]).parent:
            apart.append(unit_test["name"])
    assert apart == []


def test_every_model_says_its_grain_first(manifest: dict[str, Any]) -> None:
    assert [node["name"] for node in models(manifest) if not node["description"].startswith("One row")] == []


def test_every_mart_has_a_contract_and_every_column_its_type_and_meaning(manifest: dict[str, Any]) -> None:
    lacking = []
    for node in models(manifest, "marts"):
        if not node["config"]["contract"]["enforced"]:
            lacking.append(f"{node['name']}: no contract")
        lacking += [
            f"{node['name']}.{column['name']}"
            for column in node["columns"].values()
            if not column["description"] or not column["data_type"]
        ]
    assert lacking == []


def test_every_mart_has_its_key_tested(manifest: dict[str, Any]) -> None:
    """Either one column is unique, or some together are."""
    lacking = []
    for node in models(manifest, "marts"):
        kinds = {(test.get("test_metadata") or {}).get("name") for test in attached_tests(manifest, node)}
        if not kinds & {"unique", "unique_together"}:
            lacking.append(node["name"])
    assert lacking == []


def test_only_staging_reads_sources(manifest: dict[str, Any]) -> None:
    """Which documents there are to build, the one thing that all models ask raw for, they ask by the macro."""
    reading = []
    for node in models(manifest):
        named = re.findall(r"source\(\s*'raw'\s*,\s*'(\w+)'", node["raw_code"])
        if named and node["config"]["schema"] != "staging":
            reading.append((node["name"], named))
    assert reading == []


def test_no_relation_is_named_past_dbt(manifest: dict[str, Any]) -> None:
    named = re.compile(r"\b(?:from|join)\s+(?:gongkai\.)?(?:raw|staging|intermediate|marts|seeds)\.\w+")
    assert [node["name"] for node in models(manifest) if named.search(node["raw_code"])] == []


def test_columns_of_the_same_name_have_one_type_in_all_marts(manifest: dict[str, Any]) -> None:
    types: dict[str, set[str]] = {}
    for node in models(manifest, "marts"):
        for column in node["columns"].values():
            types.setdefault(column["name"], set()).add(column["data_type"].replace(" ", "").lower())
    # An indicator's figure and a comparison of figures are decimals everywhere; codes and ids are text.
    shared = {name: kinds for name, kinds in types.items() if name.endswith(("_id", "_code", "year"))}
    assert {name: kinds for name, kinds in shared.items() if len(kinds) > 1} == {}


def test_seeds_declare_the_type_of_every_column(manifest: dict[str, Any]) -> None:
    lacking = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "seed":
            continue
        path = ROOT / node["original_file_path"]
        header = path.open(encoding="utf-8-sig").readline().strip().split(",")
        lacking += [f"{node['name']}.{name}" for name in header if name not in node["config"]["column_types"]]
        lacking += [] if node["description"] else [node["name"]]
    assert lacking == []


def test_workbook_and_notebook_are_exposures_on_what_they_read(manifest: dict[str, Any]) -> None:
    exposures = {each["name"]: set(each["depends_on"]["nodes"]) for each in manifest["exposures"].values()}
    assert set(exposures) == {"workbook", "notebook"}
    marts = {node["name"]: node["unique_id"] for node in models(manifest, "marts")}
    code = {
        "notebook": "".join(path.read_text("utf-8") for path in (ROOT / "notebooks").glob("*.py")),
        "workbook": "".join(
            path.read_text("utf-8")
            for path in [*(ROOT / "gongkai" / "export").glob("*.py"), ROOT / "seeds" / "labels" / "sheets.csv"]
        ),
    }
    for name, text in code.items():
        read = {marts[mart] for mart in re.findall(r"(?:\bmarts\.|[\",])(\w+)\b", text) if mart in marts}
        assert read <= exposures[name], name


def test_every_seed_and_model_is_used_or_is_a_mart(manifest: dict[str, Any]) -> None:
    used = {parent for node in manifest["nodes"].values() for parent in node["depends_on"].get("nodes", [])}
    unused = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
        and node["config"]["schema"] != "marts"
        and node["unique_id"] not in used
    ]
    assert unused == []


def test_results_are_by_document_whose_models_are(manifest: dict[str, Any]) -> None:
    """int_check_contexts leaves them out: one that other reports change would leave findings as they were."""
    evaluated = manifest["nodes"]["model.gongkai.int_checks_evaluated"]
    by_document = {
        node["name"]
        for node in models(manifest)
        if node["unique_id"] in evaluated["depends_on"]["nodes"]
        and node["config"]["materialized"] == "by_document"
        and not any(re.search("int_(?!report_)[a-z]+_contexts$", parent) for parent in node["depends_on"]["nodes"])
    }
    listed = re.search(r"set by_document = \[(.*?)\]", evaluated["raw_code"], re.DOTALL)
    assert listed and set(re.findall(r"'(\w+)'", listed[1])) == by_document


def test_the_page_of_models_is_made_from_these_models(manifest: dict[str, Any]) -> None:
    from scripts.write_model_docs import PAGE, page

    assert PAGE.read_text("utf-8") == page(manifest), "run scripts/write_model_docs.py"


def test_the_semantic_layer_has_every_metric_as_dbt_validates_it(manifest: dict[str, Any]) -> None:
    """The file is what the script makes of the seed; that dbt parsed the project says that it is valid."""
    from scripts.write_semantic_models import TARGET, text

    assert TARGET.read_text("utf-8") == text(), "run scripts/write_semantic_models.py"
    with (ROOT / "seeds/metrics/metric_definitions.csv").open(encoding="utf-8", newline="") as file:
        names = {row["metric_code"].replace(".", "_"): row for row in csv.DictReader(file)}
    metrics = {each["name"]: each for each in manifest["metrics"].values()}
    assert names.keys() <= metrics.keys()
    kinds = {(each["denominator"] != "", metrics[name]["type"]) for name, each in names.items()}
    assert kinds == {(False, "simple"), (True, "ratio"), (True, "derived")}
    assert {each["model"] for each in manifest["semantic_models"].values()} == {
        "ref('metrics')",
        "ref('report_overlaps')",
    }
