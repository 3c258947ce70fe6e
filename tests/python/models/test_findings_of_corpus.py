"""What an auditor flagged in the development corpus is found by a check, and sound figures fail no hard one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

CONFLICTS = ("TT-NEW", "TT-CARRY", "TT-DONE", "TT-OUT", "TT-REV", "TT-LIT", "TT-T2", "TT-OTHER", "TT-DOUBTFUL")

CHECKS_OF: list[tuple[str, tuple[str, ...]]] = [
    (r"categories (sum|add) to|parts listed add to", ("TI-SUM-CATEGORIES",)),
    (r"states no figure at all", ("Q-NO-FIGURES",)),
    (r"only a running total is stated", ("Q-NO-FIGURES", "Q-RUNNING")),
    (r"form cell blank, text says", ("Q-BLANK-SAID",)),
    (r"is blank in the form", ("Q-BLANK",)),
    (r"(narrative|text) says .*(table|form)|prose gives .* the table|are given twice", CONFLICTS),
    (r"closed .* replied", ("O-DONE-REPLY",)),
    (r"preamble names another agency", ("Q-OTHER-BODY",)),
    (r"is earlier than the period", ("L-BEFORE",)),
    (r"carried in .* does not agree", ("X-CARRY",)),
    (r"section numbers", ("Q-NUMBERING",)),
    (r"never names its agency", ("Q-AGENCY", "Q-TITLE-BODY")),
    (r"(rows? .*|row .*)(are|is) missing", ("Q-ROWS",)),
    (r"are all zero", ("Q-ALL-ZERO",)),
    (r"label .* lost", ("Q-LABEL",)),
    (r"no official tables", ("Q-NO-FORM",)),
    (r"\d\+\d\+\d\+\d is stated as", ("T4-DIR",)),
    (r"begins in mid-sentence", ("Q-TITLE",)),
    (r"is [\d.]+%, the text says", ("TI-PCT",)),
    (r"stands in the form’s heading row|the stated sum of channels is", ("Q-HEADING",)),
    (r"channels add to", ("O-CHANNELS",)),
    (r"publishing body in the metadata", ("Q-PUBLISHER",)),
    (r"implausible", ("O-NORM-SHARE",)),
    (r"mistyped", ("TI-YEAR",)),
    (r"no grand total", ("Q-NO-TOTAL",)),
    (r"period ends on", ("Q-PERIOD",)),
    (r"two totals: .* running total", ("Q-RUNNING",)),
    (r"name is overwritten", ("Q-TITLE-BODY", "Q-AGENCY")),
    (r"contradict each other", ("Q-VALIDITY",)),
]
"""How auditors word a finding, and the checks that find it."""

NOTHING_TO_FIND = re.compile(
    r"^\d+ in all, website \d+ plus other \d+$|on two channels against|items on two channels count once"
)
"""Parts that do add up to their total, or to more on a form that counts what stands on several channels once."""


def checks_for(words: str) -> tuple[str, ...]:
    """The checks of the first wording that fits."""
    return next((checks for wording, checks in CHECKS_OF if re.search(wording, words)), ())


@pytest.fixture(scope="session")
def failed_of(built_set: Callable[[str], Path]) -> dict[str, set[tuple[str, str]]]:
    """Severity and check of each finding, by source file."""
    with duckdb.connect(str(built_set("corpus")), read_only=True) as connection:
        rows = connection.execute(
            "select parse_filename(source_file), list((severity, check_code)) from marts.dim_report "
            "left join marts.findings using (report_id) group by all"
        ).fetchall()
    return {file: set(found) for file, found in rows}


@pytest.fixture(scope="session")
def answers() -> list[dict[str, object]]:
    """The corpus's right answers."""
    from gongkai.reports.report_card import read_gold
    from scripts.renew_report_card import SETS

    return list(read_gold(SETS["corpus"][1]))


@pytest.mark.corpus
def test_every_finding_of_the_gold_files_is_found(failed_of, answers) -> None:  # type: ignore[no-untyped-def]
    missed, unmapped = [], []
    for answer in answers:
        file = Path(answer["file"]).name
        for words in answer.get("findings", []):
            if NOTHING_TO_FIND.search(words):
                continue
            checks = checks_for(words)
            if not checks:
                unmapped.append(words)
            elif not {code for _, code in failed_of.get(file, set())} & set(checks):
                missed.append(f"{file}: {words} ({', '.join(checks)})")
    assert not unmapped, "findings that no check is named for: " + "; ".join(unmapped)
    assert not missed, "findings not found:\n" + "\n".join(missed)


@pytest.mark.corpus
def test_no_hard_check_fails_on_a_report_whose_figures_hold(failed_of, answers) -> None:  # type: ignore[no-untyped-def]
    wrongly = {}
    for answer in answers:
        if not answer.get("findings"):
            file = Path(answer["file"]).name
            hard = {code for severity, code in failed_of.get(file, set()) if severity == "hard"}
            if hard:
                wrongly[file] = hard
    assert not wrongly
