"""The samples are what their sources say, and their answers can hold."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT

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
    known = {
        line.split(",")[0]
        for line in (ROOT / "seeds/indicators/indicators.csv").read_text(encoding="utf-8").splitlines()
    }
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


@pytest.fixture(scope="module")
def findings(built_samples: Path) -> dict[str, dict[str, str]]:
    """The checks that failed in each sample, with their severity."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        rows = connection.execute(
            "select source_file, check_code, severity from marts.findings join marts.dim_report using (report_id)"
        ).fetchall()
    for file, check, severity in rows:
        found[Path(file).name][check] = severity
    return found


@pytest.mark.parametrize("answer", GOLD, ids=lambda answer: answer["file"])
def test_the_slips_of_a_sample_are_found_and_no_others(answer: dict, findings: dict[str, dict[str, str]]) -> None:
    """Every check that the source names fails, and a hard one fails nowhere else."""
    mine = findings.get(answer["file"], {})
    assert set(answer["checks"]) <= set(mine)
    assert {check for check, severity in mine.items() if severity == "hard"} <= set(answer["checks"])
