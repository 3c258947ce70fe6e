"""Findings to be reviewed, and the two seed files that a review writes: verdicts and corrections."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from ingest.errors import GongkaiError

SEVERITIES = ("hard", "soft", "warning", "info")
"""From the gravest down."""

VERDICTS = {"a": "accepted", "d": "data_error", "e": "extraction_error"}
"""The letter asked for, and what seeds/people/verdicts.csv takes."""

ACTIONS = {"s": "set", "d": "drop", "c": "select"}
"""The letter asked for, and what seeds/people/corrections.csv takes."""

_VERDICT_COLUMNS = ("finding_id", "report_id", "check_code", "verdict", "note", "decided_by", "decided_on")
_CORRECTION_COLUMNS = (
    "report_id", "source_file", "indicator_code", "applicant_type", "category_label", "action", "expected_value",
    "value", "reason", "evidence", "decided_by", "decided_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding without a verdict, with the report that it is about."""

    finding_id: str
    report_id: str
    source_file: str
    agency_name: str | None
    year: int | None
    severity: str
    check_code: str
    message_zh: str
    message_en: str
    observation_ids: list[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a figure that a finding concerns: one of those compared, or another of the same figure."""

    indicator_code: str
    name_zh: str
    applicant_type: str
    category_label: str | None
    value: Decimal
    unit: str
    basis: str
    is_selected: bool
    evidence_text: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What a correction names: the indicator, the column of the form, and the category (empty where none)."""
        return self.indicator_code, self.applicant_type, self.category_label or ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row of seeds/people/verdicts.csv without its author."""

    finding: Finding
    verdict: str
    note: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of seeds/people/corrections.csv without its author; `value` is None for drop."""

    report_id: str
    source_file: str
    reading: Reading
    action: str
    value: Decimal | None
    reason: str
    evidence: str


def open_findings(
    connection: duckdb.DuckDBPyConnection, severities: Sequence[str], report_id: str | None
) -> list[Finding]:
    """Findings of current reports without a verdict, the gravest first, those of one report together."""
    rows = connection.execute(
        """
        select
            findings.finding_id, findings.report_id, reports.source_file, reports.agency_name, reports.year,
            findings.severity, findings.check_code, findings.message_zh, findings.message_en, findings.observation_ids
        from marts.findings as findings
        inner join marts.dim_report as reports on findings.report_id = reports.report_id
        where findings.verdict is null and findings.severity in (select unnest($severities))
            and ($report_id is null or findings.report_id = $report_id) and reports.is_current
        order by list_position($severities, findings.severity), reports.source_file, findings.check_code,
            findings.finding_id
        """,
        {"severities": list(severities), "report_id": report_id},
    ).fetchall()
    return [Finding(*row) for row in rows]


def readings(connection: duckdb.DuckDBPyConnection, finding: Finding) -> list[Reading]:
    """The figures that a finding compares, and every other reading of each, the chosen ones first."""
    rows = connection.execute(
        """
        with concerned as (
            select distinct indicator_code, applicant_type, category_label from marts.observations
            where report_id = $report_id and observation_id in (select unnest($observation_ids))
        )
        select
            observations.indicator_code, indicators.name_zh, observations.applicant_type, observations.category_label,
            observations.value, observations.unit, observations.basis, observations.is_selected,
            coalesce(observations.evidence_text, '')
        from marts.observations as observations
        inner join marts.dim_indicator as indicators on observations.indicator_code = indicators.indicator_code
        inner join concerned
            on observations.indicator_code = concerned.indicator_code
            and observations.applicant_type = concerned.applicant_type
            and observations.category_label is not distinct from concerned.category_label
        where observations.report_id = $report_id
        order by observations.indicator_code, observations.applicant_type, observations.category_label,
            observations.is_selected desc, observations.value
        """,
        {"report_id": finding.report_id, "observation_ids": list(finding.observation_ids)},
    ).fetchall()
    return [Reading(*row) for row in rows]


class Seeds:
    """The two seed files of a project, to which a review adds rows. GongkaiError where one is not as it should be."""

    def __init__(self, folder: Path, author: str, today: date) -> None:
        self.author = author
        self.today = today
        self.verdicts = folder / "verdicts.csv"
        self.corrections = folder / "corrections.csv"
        self.judged = {row["finding_id"]: row["verdict"] for row in _rows(self.verdicts, _VERDICT_COLUMNS)}
        self.corrected = {
            (row["report_id"], row["indicator_code"], row["applicant_type"], row["category_label"]): row["action"]
            for row in _rows(self.corrections, _CORRECTION_COLUMNS)
        }

    def add_verdict(self, verdict: Verdict) -> None:
        """Append a verdict."""
        finding = verdict.finding
        fields = (
            finding.finding_id,
            finding.report_id,
            finding.check_code,
            verdict.verdict,
            verdict.note,
            self.author,
            self.today.isoformat(),
        )
        _append(self.verdicts, fields)
        self.judged[finding.finding_id] = verdict.verdict

    def add_correction(self, correction: Correction) -> None:
        """Append a correction. GongkaiError where the figure has one already."""
        reading = correction.reading
        key = (correction.report_id, *reading.key)
        if key in self.corrected:
            raise GongkaiError(
                f"{reading.indicator_code} of {correction.report_id} has a correction in {self.corrections} already; "
                "change that row"
            )
        expected = reading.value if reading.is_selected else None
        fields = (
            correction.report_id,
            correction.source_file,
            *reading.key,
            correction.action,
            _plain(expected),
            _plain(correction.value),
            correction.reason,
            correction.evidence,
            self.author,
            self.today.isoformat(),
        )
        _append(self.corrections, fields)
        self.corrected[key] = correction.action


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            rows = list(reader)
    except OSError as error:
        raise GongkaiError(f"{path} cannot be read ({error.strerror}); it is part of the project's seeds") from error
    if tuple(reader.fieldnames or ()) != tuple(columns):
        raise GongkaiError(f"{path} does not begin with the columns {','.join(columns)}; put them back")
    return rows


def _append(path: Path, fields: Sequence[str]) -> None:
    """Add a line in one write, on a line of its own even where an editor left off the last line break."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(fields)
    try:
        with path.open("rb+") as file:
            file.seek(0, os.SEEK_END)
            needs_break = False
            if file.tell():
                file.seek(-1, os.SEEK_END)
                needs_break = file.read(1) != b"\n"
            file.write(("\n" * needs_break + line.getvalue()).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise GongkaiError(f"{path} cannot be written ({error.strerror}); nothing was added to it") from error
