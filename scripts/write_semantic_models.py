"""Write models/metrics/_semantic_models.yml: every metric of metric_definitions in the words of dbt's semantic layer.

    .venv/bin/python scripts/write_semantic_models.py

A metric is the sum of its numerators over the sum of its denominators, as in marts.metrics, over the reports that count
over all levels: no figure stands in it twice, whatever it is grouped by. dbt's parser validates the file with the
project; a test says when it is out of date.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "models" / "metrics" / "_semantic_models.yml"
DEFINITIONS = ROOT / "seeds" / "metrics" / "metric_definitions.csv"

_HEADING = (
    "# Made by scripts/write_semantic_models.py from seeds/metrics/metric_definitions.csv; do not edit it by hand.\n"
)
_COUNTED_ONCE = "{{ Dimension('report__counts_overall') }}"
_FACTORS = {"per_hundred": 100, "per_ten_thousand": 10_000}


def semantic_models(definitions: list[dict[str, str]]) -> dict[str, Any]:
    """The content of the file."""
    measures = [measure for definition in definitions for measure in _measures(definition)]
    dimensions = [{"name": name, "type": "categorical"} for name in ("region_code", "level_code", "scope")]
    return {
        "semantic_models": [
            {
                "name": "report_metrics",
                "description": "Numerator and denominator of each metric and current report (marts.metrics).",
                "model": "ref('metrics')",
                "defaults": {"agg_time_dimension": "reported_year"},
                "entities": [
                    {
                        "name": "metric_row",
                        "type": "primary",
                        "expr": "concat_ws('|', grain, metric_code, report_id, region_code, level_code, year)",
                    },
                    {"name": "report", "type": "foreign", "expr": "report_id"},
                ],
                "dimensions": [
                    {
                        "name": "reported_year",
                        "type": "time",
                        "expr": "make_date(year, 1, 1)",
                        "type_params": {"time_granularity": "year"},
                    },
                    *dimensions,
                ],
                "measures": measures,
            },
            {
                "name": "report_overlaps",
                "description": "Where a report's figures count (marts.report_overlaps).",
                "model": "ref('report_overlaps')",
                "entities": [{"name": "report", "type": "primary", "expr": "report_id"}],
                "dimensions": [
                    {"name": name, "type": "categorical"}
                    for name in ("containment", "counts_overall", "counts_in_level")
                ],
            },
        ],
        "metrics": [_metric(definition) for definition in definitions],
    }


def _name(definition: dict[str, str]) -> str:
    """The code as a name that dbt takes."""
    return definition["metric_code"].replace(".", "_")


def _sides(definition: dict[str, str]) -> list[str]:
    """The columns of marts.metrics that the metric is made of; where squares are summed, the value, for its mean."""
    if definition["unit"] == "herfindahl":
        return ["value"]
    return ["numerator", "denominator"] if definition["denominator"] else ["numerator"]


def _measures(definition: dict[str, str]) -> list[dict[str, Any]]:
    """A measure for each side, over the reports that have a value."""
    condition = f"grain = 'report' and metric_code = '{definition['metric_code']}' and value is not null"
    return [
        {
            "name": f"{_name(definition)}_{side}",
            "description": f"{definition['name_en']}: {side}.",
            "agg": "average" if side == "value" else "sum",
            "expr": f"case when {condition} then {side} end",
            "create_metric": len(_sides(definition)) == 2,
        }
        for side in _sides(definition)
    ]


def _metric(definition: dict[str, str]) -> dict[str, Any]:
    """The metric itself."""
    name, sides = _name(definition), _sides(definition)
    metric: dict[str, Any] = {
        "name": name,
        "label": definition["name_en"],
        "description": f"{definition['name_zh']}. {definition['name_en']}, version {definition['version']}; "
        f"unit {definition['unit']}.",
    }
    if len(sides) == 1:
        metric |= {"type": "simple", "type_params": {"measure": {"name": f"{name}_{sides[0]}"}}}
    elif factor := _FACTORS.get(definition["unit"]):
        metric |= {
            "type": "derived",
            "type_params": {
                "expr": f"{factor} * numerator / nullif(denominator, 0)",
                "metrics": [{"name": f"{name}_{side}", "alias": side} for side in sides],
            },
        }
    else:
        metric |= {"type": "ratio", "type_params": {side: {"name": f"{name}_{side}"} for side in sides}}
    return metric | {"filter": _COUNTED_ONCE}


def text() -> str:
    """The file as it is to be."""
    with DEFINITIONS.open(encoding="utf-8", newline="") as file:
        content = semantic_models(list(csv.DictReader(file)))
    return _HEADING + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
