"""`gongkai review`: go through open findings; the answers become rows of the seeds of verdicts and corrections."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, RulesOption, WarehouseOption, safe, say
from gongkai.reports.evidence import find_report
from gongkai.reports.reviewing import (
    ACTIONS,
    SEVERITIES,
    VERDICTS,
    Correction,
    Finding,
    Reading,
    Seeds,
    Verdict,
    open_findings,
    readings,
)
from gongkai.rules.own import people_folder
from gongkai.warehouse.published import open_published, require_marts
from ingest.errors import GongkaiError, UsageError

Report = Annotated[
    str | None, typer.Argument(help="Only this report: an id or a source file.", show_default=False, metavar="[REPORT]")
]
Severity = Annotated[str, typer.Option(help="The least grave severity to go through: hard, soft, warning or info.")]
Author = Annotated[str | None, typer.Option("--by", help="Who decides; the user's name where it is not given.")]
SeedFolder = Annotated[
    Path | None,
    typer.Option(
        "--seeds",
        help="The folder of verdicts.csv and corrections.csv; your own rules, or the repository's.",
    ),
]

_CHOICES = "[a]ccepted as it is, [d]ata error, [e]xtraction error, [c]orrect a figure, [s]kip, [q]uit"


class _Stopped(Exception):
    """The user has had enough."""


def review(
    report: Report = None,
    severity: Severity = "soft",
    by: Author = None,
    seeds: SeedFolder = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    rules: RulesOption = None,
    debug: Debug = False,
) -> None:
    """Go through findings without a verdict; answers become rows of verdicts.csv and corrections.csv."""
    if severity not in SEVERITIES:
        raise UsageError(f"{severity} is no severity; give one of {', '.join(SEVERITIES)}")
    author = by or getpass.getuser()
    files = Seeds(seeds or people_folder(warehouse), author, datetime.now(tz=UTC).date())
    with open_published(warehouse) as connection:
        require_marts(connection, "findings", "dim_report", "observations", "dim_indicator")
        report_id = None if report is None else _report_id(connection, report)
        wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
        findings = [
            each for each in open_findings(connection, wanted, report_id) if each.finding_id not in files.judged
        ]
        concerned = {each.finding_id: readings(connection, each) for each in findings}
    say(f"{len(findings)} findings without a verdict ({', '.join(wanted)})")
    written = 0
    try:
        for number, finding in enumerate(findings, start=1):
            say("")
            _print_finding(finding, concerned[finding.finding_id], f"{number} of {len(findings)}")
            written += _ask(finding, concerned[finding.finding_id], files)
    except (_Stopped, typer.Abort, EOFError):
        say("")
    say(
        f"{written} rows written to {files.verdicts.parent}"
        + ("; build to apply them: gongkai build" if written else "")
    )


def _report_id(connection: duckdb.DuckDBPyConnection, wanted: str) -> str:
    report = find_report(connection, wanted)
    if report is None:
        raise UsageError(f"no report is called {wanted}; give a report_id, its beginning, or a source file")
    return str(report["report_id"])


def _print_finding(finding: Finding, figures: list[Reading], place: str) -> None:
    who = f"{finding.agency_name or 'unknown body'}, {finding.year or 'unknown year'}"
    say(f"[{place}] {finding.severity} {finding.check_code} - {who} ({finding.source_file}, {finding.report_id})")
    say(f"  {finding.message_zh}")
    say(f"  {finding.message_en}")
    for number, each in enumerate(figures, start=1):
        say(f"  {number}. {_label(each)} = {each.value.normalize():f} {each.unit}, {_standing(each)}")
        say(f"     {each.evidence_text}")


def _label(reading: Reading) -> str:
    column = "" if reading.applicant_type == "all" else f" · {reading.applicant_type}"
    category = f" · {reading.category_label}" if reading.category_label else ""
    return f"{reading.name_zh} [{reading.indicator_code}]{column}{category}"


def _standing(reading: Reading) -> str:
    return reading.basis + ("" if reading.is_selected else ", not chosen")


def _ask(finding: Finding, figures: list[Reading], files: Seeds) -> int:
    """Ask what to do about one finding; the rows written."""
    written = 0
    while True:
        answer = _prompt(_CHOICES).lower()
        if answer in VERDICTS:
            files.add_verdict(Verdict(finding, VERDICTS[answer], _prompt("note", "")))
            return written + 1
        if answer == "s":
            return written
        if answer == "q":
            raise _Stopped
        if answer == "c" and figures:
            written += _correct(finding, figures, files)
        elif answer == "c":
            say("  this finding compares no figures; add a row to corrections.csv by hand if it needs one")
        else:
            say("  one letter of those shown")


def _correct(finding: Finding, figures: list[Reading], files: Seeds) -> int:
    """Ask for a correction of one of the figures shown; 1 where a row was written."""
    reading = _chosen_figure(figures)
    if reading is None:
        return 0
    action = ACTIONS.get(_prompt("[s]et another value, [d]rop the value, [c]hoose this reading", "s").lower())
    if action is None:
        say("  no such action")
        return 0
    chosen = next((each for each in figures if each.key == reading.key and each.is_selected), None)
    value: Decimal | None = None
    if action == "set":
        try:
            value = Decimal(_prompt(f"right value in {reading.unit}"))
        except InvalidOperation:
            say("  that is no number")
            return 0
    elif action == "select":
        value = reading.value
    reason = _prompt("reason")
    evidence = _prompt("what shows it", "")
    # The row names the value that stands now, whichever reading of the figure was picked from the list.
    correction = Correction(finding.report_id, finding.source_file, chosen or reading, action, value, reason, evidence)
    try:
        files.add_correction(correction)
    except GongkaiError as error:
        say(f"  {error}")
        return 0
    return 1


def _chosen_figure(figures: list[Reading]) -> Reading | None:
    answer = _prompt(f"which figure (1 to {len(figures)})", "1")
    if not answer.isdecimal() or not 1 <= int(answer) <= len(figures):
        say("  no such figure")
        return None
    return figures[int(answer) - 1]


def _prompt(question: str, default: str | None = None) -> str:
    """A line from the terminal, without blanks around it; an empty one only where there is a default."""
    return str(typer.prompt(safe(question), default=default, show_default=bool(default))).strip()
