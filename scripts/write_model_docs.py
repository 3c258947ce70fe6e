"""Write docs/models.md: every model in reading order with its first sentence, made from the models' own descriptions.

    .venv/bin/python scripts/write_model_docs.py

Folders come in the order in which data flows through them, models behind those that they stand on. A test says when the
page is out of date.
"""

from __future__ import annotations

import re
import tempfile
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "models.md"
_INTRODUCTION = """# The models in reading order

Made by `scripts/write_model_docs.py` from the descriptions beside the models; do not edit it by hand. Data flows down
the page. **Bold** names are marts, which are published; the others stay in the work file. "By document" is what is
built again only for documents that changed; "by year", "by body", "by place", "by region" and "by report" only for
what such reports touch.
"""
_KEYS = {
    "year": "year",
    "body": "body",
    "place": "place",
    "region": "region",
    "check": "report",
    "wide": "report",
}
"""What models are built by, beside documents, by the name of the model of contexts that each has."""


def page(manifest: dict[str, Any]) -> str:
    """The text of the page, from dbt's manifest."""
    models = {node["unique_id"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    stands_on = {name: set(node["depends_on"]["nodes"]) & models.keys() for name, node in models.items()}
    folder_of = {name: node["path"].split("/")[0] for name, node in models.items()}
    folders: dict[str, set[str]] = {folder: set() for folder in folder_of.values()}
    for name, below in stands_on.items():
        folders[folder_of[name]] |= {folder_of[other] for other in below} - {folder_of[name]}
    lines = [_INTRODUCTION]
    for folder in _in_order(folders):
        lines += [f"## {folder}", ""]
        inside = {name: {other for other in below if folder_of[other] == folder} for name, below in stands_on.items()}
        for name in _in_order({name: below for name, below in inside.items() if folder_of[name] == folder}):
            node = models[name]
            shown = f"**`{node['name']}`**" if node["config"]["schema"] == "marts" else f"`{node['name']}`"
            keyed = (_KEYS[of] for of in _KEYS if f"model.gongkai.int_{of}_contexts" in node["depends_on"]["nodes"])
            unit = next(keyed, "document")
            kept = f", by {unit}" if node["config"]["materialized"] == "by_document" else ""
            lines.append(f"- {shown}{kept}: {_first_sentence(node['description'])}")
        lines.append("")
    return "\n".join(lines)


def _in_order(stands_on: dict[str, set[str]]) -> list[str]:
    """Names with those that they stand on before them, otherwise in the order of the alphabet."""
    sorter = TopologicalSorter(stands_on)
    sorter.prepare()
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += ready
        sorter.done(*ready)
    return ordered


def _first_sentence(description: str) -> str:
    return re.split(r"(?<=[^.]\.)\s(?=[A-Z`])", " ".join(description.split()), maxsplit=1)[0]


def main() -> None:
    from dbt.cli.main import dbtRunner  # it takes seconds to import, and the tests bring a manifest of their own

    with tempfile.TemporaryDirectory() as scratch:
        places = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", scratch]
        result = dbtRunner().invoke(["parse", "--quiet", *places, "--log-path", scratch]).result
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(result.to_dict()), encoding="utf-8")


if __name__ == "__main__":
    main()
