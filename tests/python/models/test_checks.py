"""Checks on whole reports: every slip in a form is found, no valid form fails, and corrections do what they say."""

from __future__ import annotations

import csv
import hashlib
import os
import random
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from helpers.command import run_gongkai
from helpers.forms_2021 import COLUMNS, ROWS, Form, page, valid_form, with_slip
from helpers.project import build_models, copy_project

from gongkai.warehouse import Warehouse

CELLS = [(indicator, column) for _, indicator in ROWS for column in COLUMNS]
VALID_FORMS = 12
CORRECTED = ("application.refused.process", "enterprise")
"""The cell that a correction puts right."""

Cell = tuple[str, str]


@dataclass
class Slips:
    """A warehouse of random forms: valid ones, one with a slip in each cell, one whose slip is corrected."""

    seed: int
    project: Path
    published: Path
    forms: dict[str, Form] = field(default_factory=dict)
    cell_of: dict[str, Cell | None] = field(default_factory=dict)
    corrected: str = ""

    def add(self, folder: Path, form: Form, cell: Cell | None, blank_zeros: bool = False) -> str:
        """Write a form as a page; the id of its report."""
        number = len(self.forms)
        data = page(form, number, blank_zeros).encode()
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.html").write_bytes(data)
        report_id = "r" + hashlib.sha256(data).hexdigest()[:16]
        self.forms[report_id], self.cell_of[report_id] = form, cell
        return report_id

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """The answer of the work file."""
        with duckdb.connect(str(Warehouse(self.published).work), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def add_correction(project: Path, report_id: str, cell: Cell, expected: int, value: int) -> None:
    """A row as an analyst would write it."""
    with (project / "seeds" / "people" / "corrections.csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerow(
            [report_id, "", *cell, "", "set", expected, value, "a slip", "", "test", "2026-01-01"]
        )


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Slips:
    """All forms, built in one run. GONGKAI_SEED repeats the run of a failure."""
    place = tmp_path_factory.mktemp("slips")
    seed = int(os.environ.get("GONGKAI_SEED") or random.SystemRandom().randrange(2**32))
    chance = random.Random(seed)
    made = Slips(seed, copy_project(place / "project"), place / "w.duckdb")
    for number in range(VALID_FORMS):
        made.add(place / "in", valid_form(chance), None, blank_zeros=number % 2 == 1)
    for cell in CELLS:
        made.add(place / "in", with_slip(valid_form(chance), cell, chance), cell)
    right = valid_form(chance)
    wrong = with_slip(right, CORRECTED, chance)
    made.corrected = made.add(place / "in", wrong, None)
    add_correction(made.project, made.corrected, CORRECTED, wrong[CORRECTED], right[CORRECTED])
    done = run_gongkai("ingest", place / "in", published=made.published)
    assert done.returncode == 0, done.stderr
    built = build_models(made.published, "findings", "report_consistency", project=made.project)
    assert built.failures == []
    return made


def hard_failures(slips: Slips) -> dict[object, set[object]]:
    """The hard checks of the application table that each report fails."""
    failed = defaultdict(set)
    for report_id, check_code in slips.query(
        "select report_id, check_code from marts.findings where severity = 'hard' and check_code like 'T3-%'"
    ):
        failed[report_id].add(check_code)
    return failed


def test_the_slips_are_slips() -> None:
    """The generator itself, so that what follows cannot pass for want of slips."""
    form = valid_form(random.Random(1))
    assert len(CELLS) == 175
    for column in COLUMNS:
        assert form["application.received", column] + form["application.carried_in", column] == (
            form["application.replied", column] + form["application.carried_out", column]
        )
    for cell in CELLS:
        slipped = with_slip(form, cell, random.Random(2))
        assert [each for each in CELLS if slipped[each] != form[each]] == [cell]
        assert abs(slipped[cell] - form[cell]) == 1 and slipped[cell] >= 0


def test_every_form_is_read_as_it_stands(slips: Slips) -> None:
    """A slip that reading made up or swallowed would prove nothing of the checks."""
    read: dict[object, Form] = defaultdict(dict)
    for report_id, indicator, column, value in slips.query(
        "select report_id, indicator_code, applicant_type, coalesce(original_value, value)::bigint "
        "from marts.observations where is_selected and basis = 'table'"
    ):
        read[report_id][str(indicator), str(column)] = int(str(value))
    for report_id, form in slips.forms.items():
        blanks = {cell for cell, value in form.items() if value == 0}
        assert dict.fromkeys(blanks, 0) | read[report_id] == form, f"seed {slips.seed}"


def test_a_slip_in_any_cell_is_found(slips: Slips) -> None:
    """Each of the 175 cells, changed by one in a random valid form of its own."""
    failed = hard_failures(slips)
    cells = {report_id: cell for report_id, cell in slips.cell_of.items() if cell is not None}
    assert len(cells) == 175
    missed = [cell for report_id, cell in cells.items() if not failed[report_id]]
    assert not missed, f"seed {slips.seed}: slips not found: {missed}"
    scores = dict(slips.query("select report_id, consistency_score from marts.report_consistency"))
    assert all(scores[report_id] < 1 for report_id in cells)  # type: ignore[operator]


def test_no_valid_form_fails(slips: Slips) -> None:
    """Neither one with its zeros written out nor one that leaves them blank, nor one whose slip is corrected."""
    failed = hard_failures(slips)
    valid = [report_id for report_id, cell in slips.cell_of.items() if cell is None]
    assert len(valid) == VALID_FORMS + 1
    wrongly = {report_id: failed[report_id] for report_id in valid if failed[report_id]}
    assert not wrongly, f"seed {slips.seed}: valid forms that fail: {wrongly}"


def test_a_corrected_value_keeps_the_original(slips: Slips) -> None:
    indicator, column = CORRECTED
    ((value, original, reason),) = slips.query(
        f"select value, original_value, correction_reason from marts.observations where report_id = '{slips.corrected}'"
        f" and indicator_code = '{indicator}' and applicant_type = '{column}' and is_selected"
    )
    form = slips.forms[slips.corrected]
    assert original == Decimal(form[CORRECTED])
    assert abs(Decimal(str(value)) - Decimal(str(original))) == 1
    assert reason == "a slip"


def test_a_correction_that_bites_no_more_fails_with_its_row(slips: Slips) -> None:
    """The report gives another value than the correction expects; and a correction that still bites is no failure."""
    report_id = next(report_id for report_id, cell in slips.cell_of.items() if cell is not None)
    cell = ("application.replied", "all")
    add_correction(slips.project, report_id, cell, slips.forms[report_id][cell] + 7, 3)
    [failure] = build_models(slips.published, "assert_corrections_bite", project=slips.project).failures
    assert failure.name == "test assert_corrections_bite"
    [row] = failure.rows
    told = dict(field.split("=", 1) for field in row.split(", "))
    assert (told["report_id"], told["indicator_code"]) == (report_id, "application.replied")
    assert Decimal(told["current_value"]) == slips.forms[report_id][cell]
    assert told["problem"] == "the report gives another value now"


def test_a_verdict_on_a_finding_that_is_gone_fails_with_its_row(slips: Slips) -> None:
    """One on a finding that stands is no failure, nor one on a report that this warehouse does not hold."""
    ((finding_id, report_id, check_code),) = slips.query(
        "select finding_id, report_id, check_code from marts.findings order by finding_id limit 1"
    )
    verdicts = [
        (finding_id, report_id, check_code),
        ("f0123456789abcdef", report_id, check_code),
        ("fedcba9876543210", "another report", check_code),
    ]
    with (slips.project / "seeds" / "people" / "verdicts.csv").open("a", newline="", encoding="utf-8") as file:
        for verdict in verdicts:
            csv.writer(file, lineterminator="\n").writerow([*verdict, "accepted", "", "test", "2026-01-01"])
    failures = build_models(slips.published, "assert_verdicts_bite", project=slips.project).failures
    assert [failure.name for failure in failures] == ["test assert_verdicts_bite"]
    told = [row.split(", ") for failure in failures for row in failure.rows]
    assert [fields[:3] for fields in told] == [
        [f"report_id={report_id}", f"check_code={check_code}", "finding_id=f0123456789abcdef"]
    ]
