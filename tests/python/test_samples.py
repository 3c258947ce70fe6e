"""The samples are what their sources say, and their answers can hold."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
GOLD = [json.loads(line) for line in (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_committed_samples_are_what_their_sources_say() -> None:
    done = subprocess.run(
        [sys.executable, str(SAMPLES / "build.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_samples_cover_the_generations_formats_and_levels() -> None:
    assert {answer["form"] for answer in GOLD} == {"narrative", "2014", "2019", "2021"}
    assert {Path(answer["file"]).suffix for answer in GOLD} == {".txt", ".md", ".html", ".docx", ".pdf"}
    assert {answer["level"] for answer in GOLD} == {"township", "county", "prefecture"}
    assert {answer["agency_kind"] for answer in GOLD} == {"government", "department"}


@pytest.mark.parametrize("answer", GOLD, ids=lambda answer: answer["file"])
def test_an_answer_uses_known_indicators_once(answer: dict) -> None:
    known = {line.split(",")[0] for line in (ROOT / "seeds/indicators.csv").read_text(encoding="utf-8").splitlines()}
    keys = Counter((fact["indicator"], fact.get("applicant"), fact.get("category")) for fact in answer["facts"])
    assert {key[0] for key in keys} <= known
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize(
    "answer", [answer for answer in GOLD if answer["form"] in {"2019", "2021"}], ids=lambda answer: answer["file"]
)
def test_the_official_balance_holds_in_the_invented_forms(answer: dict) -> None:
    """The first and the second row of table 3 add up to the third and the fourth, or the answer lists a finding."""
    figures = {fact["indicator"]: Decimal(str(fact["value"])) for fact in answer["facts"] if "applicant" not in fact}
    ins = figures["application.received"] + figures["application.carried_in"]
    assert ins == figures["application.replied"] + figures["application.carried_out"]
