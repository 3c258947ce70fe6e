"""Write the last figures of the extraction, which the tests keep from dropping.

    .venv/bin/python scripts/renew_report_card.py

Builds the samples, the regression and exam reports and, where it is there, the development corpus (GONGKAI_CORPUS, or
../shared/corpus) each in a warehouse of its own, and writes tests/python/data/report_card.json. Figures of a set that
is not there stay as they are. Look at `git diff` before committing: a figure that went down is a decision. Beside the
sets, which all were opened, it shows the blind waves as docs/accuracy.md has them.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "python")]

from helpers.command import run_gongkai  # noqa: E402

from gongkai.reports.report_card import half_of, read_gold, read_warehouse, score  # noqa: E402
from gongkai.warehouse import Warehouse  # noqa: E402

ACCURACY = ROOT / "docs" / "accuracy.md"
CARD = ROOT / "tests" / "python" / "data" / "report_card.json"
CORPUS = Path(os.environ.get("GONGKAI_CORPUS", ROOT.parent / "shared" / "corpus"))
SETS: dict[str, tuple[list[Path], list[Path]]] = {
    "samples": ([ROOT / "samples/reports"], [ROOT / "samples/gold.jsonl", ROOT / "samples/others.jsonl"]),
    "regression": (
        [ROOT / "tests/python/data/regression/reports"],
        [ROOT / "tests/python/data/regression/gold.jsonl", ROOT / "tests/python/data/regression/others.jsonl"],
    ),
    "exam": ([ROOT / "tests/python/data/exam/reports"], [ROOT / "tests/python/data/exam/gold.jsonl"]),
    "corpus": ([CORPUS / "originals", CORPUS / "rewritten"], sorted(CORPUS.glob("gold*.jsonl"))),
}
"""Name of a set: folders of reports, files of answers."""


def figures(warehouse: Path, gold: list[Path], half: str | None = None) -> dict[str, Any]:
    """The figures that are kept of one set, rounded to four places."""
    answers = [answer for answer in read_gold(gold) if half is None or half_of(answer["file"]) == half]
    card = score(answers, *read_warehouse(Warehouse(warehouse))).summary()
    kept = ["reports", "not_found", "others_taken_for_reports", "precision", "recall", "f1", "metadata"]
    by_basis = {
        basis: {key: tally[key] for key in ("precision", "recall")} for basis, tally in card["by_basis"].items()
    }
    return {key: card[key] for key in [*kept, "qualifier_accuracy"]} | {"by_basis": by_basis}


def card_of(warehouse: Path, name: str) -> dict[str, Any]:
    """The figures of a built set; of the corpus the two halves as well."""
    gold = SETS[name][1]
    card = figures(warehouse, gold)
    if name == "corpus":
        card["halves"] = {half: figures(warehouse, gold, half) for half in ("learn", "check")}
    return card


def blind_waves() -> list[str]:
    """The rows of the waves that were measured before anybody opened them, with the names of the columns first."""
    _, _, waves = ACCURACY.read_text(encoding="utf-8").partition("## Waves")
    table, _, _ = waves.partition("\n## ")
    return [line for line in table.splitlines() if line.startswith("| ")]


def main() -> int:
    cards = json.loads(CARD.read_text(encoding="utf-8")) if CARD.is_file() else {}
    for name, (folders, _) in SETS.items():
        if not all(folder.is_dir() for folder in folders):
            print(f"{name}: not there, its figures stay")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            warehouse = Path(scratch) / "gongkai.duckdb"
            done = run_gongkai("run", *folders, published=warehouse)
            if done.returncode:
                print(done.stderr, file=sys.stderr)
                return 1
            cards[name] = card_of(warehouse, name)
        print(name, {key: value for key, value in cards[name].items() if not isinstance(value, dict)})
    print("blind waves, measured before they were opened:", *blind_waves(), sep="\n")
    CARD.write_text(json.dumps(cards, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
