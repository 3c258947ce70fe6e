"""The extraction is not worse than the last committed figures, and the confidence classes mean something.

`make report-card` renews the figures in data/report_card.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongkai.reports.report_card import read_gold, read_warehouse, score
from gongkai.warehouse import Warehouse
from scripts.renew_report_card import CARD, SETS, card_of

KEPT: dict[str, Any] = json.loads(CARD.read_text(encoding="utf-8"))
SLACK = 0.0005
"""Half of the last place that matters: one figure in two thousand."""
OF_EACH_SET = pytest.mark.parametrize("name", sorted(SETS))
MORE_IS_WORSE = {"not_found", "others_taken_for_reports"}


def drops(kept: dict[str, Any], now: dict[str, Any], where: str = "") -> list[str]:
    """The figures that got worse, with their place."""
    worse = []
    for key, before in kept.items():
        after = now.get(key)
        if isinstance(before, dict):
            worse += drops(before, after or {}, f"{where}{key}.")
        elif key == "reports":
            continue
        elif after is None or (after > before if key in MORE_IS_WORSE else after < before - SLACK):
            worse.append(f"{where}{key}: {before} -> {after}")
    return worse


def test_a_drop_is_noticed() -> None:
    kept = {"f1": 0.98, "not_found": 0, "by_basis": {"table": {"recall": 1.0}}}
    assert drops(kept, kept) == []
    assert drops(kept, {"f1": 0.9796, "not_found": 0, "by_basis": {"table": {"recall": 1.0}}}) == []
    now = {"f1": 0.979, "not_found": 1, "by_basis": {"table": {"recall": 0.99}}}
    assert drops(kept, now) == [
        "f1: 0.98 -> 0.979",
        "not_found: 0 -> 1",
        "by_basis.table.recall: 1.0 -> 0.99",
    ]


@OF_EACH_SET
def test_figures_do_not_drop(name: str, built_set: Callable[[str], Path]) -> None:
    worse = drops(KEPT[name], card_of(built_set(name), name))
    assert not worse, "worse than the last figures (gongkai evaluate shows where): " + "; ".join(worse)


@OF_EACH_SET
def test_confidence_is_calibrated(name: str, built_set: Callable[[str], Path]) -> None:
    """What is called certain is right more often than what is called likely, and that more often than the doubtful."""
    classes = score(read_gold(SETS[name][1]), *read_warehouse(Warehouse(built_set(name)))).confidence
    assert set(classes) <= {"certain", "likely", "doubtful"}
    share = {key: count["right"] / count["all"] for key, count in classes.items()}
    assert share["certain"] >= 0.98
    assert share["certain"] >= share.get("likely", 0) - 0.01
    if "doubtful" in share and classes["doubtful"]["all"] >= 20:
        assert share["doubtful"] <= share.get("likely", 1)
