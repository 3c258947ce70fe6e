"""Verdicts and corrections from the browser, written to the seeds by the code of `gongkai review`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from gongkai.explore.library import Publication, Row
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
)
from ingest.errors import UsageError

LONGEST_NOTE = 500


class Refused(UsageError):
    """What cannot be written, said in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


_READING = """
    select
        observations.*, reports.source_file, indicators.name_zh
    from marts.observations as observations
    inner join marts.dim_report as reports on observations.report_id = reports.report_id
    inner join marts.dim_indicator as indicators on observations.indicator_code = indicators.indicator_code
    where observations.observation_id = $observation_id
"""

# What stands now: a correction names the value that it replaces, whichever reading was looked at.
_CHOSEN = """
    select * from marts.observations
    where report_id = $report_id and indicator_code = $indicator_code and applicant_type = $applicant_type
        and category_label is not distinct from $category_label and is_selected
"""


_KEY_JOINT = "\x1f"

_WAITING = """
    select
        (
            select count(*) from marts.findings where verdict is null and list_contains($judged, finding_id)
        )
        + (
            select count(distinct key)
            from (
                select
                    concat_ws(chr(31), report_id, indicator_code, applicant_type, coalesce(category_label, '')) as key
                from marts.observations
                group by all
                having bool_and(correction_reason is null)
            )
            where list_contains($corrected, key)
        ) as waiting
"""


@dataclass(frozen=True, slots=True)
class Judging:
    """Where verdicts and corrections go, and by whom."""

    folder: Path
    author: str

    def seeds(self) -> Seeds:
        """The two files as they are now."""
        return Seeds(self.folder, self.author, datetime.now(tz=UTC).date())

    def waiting(self, publication: Publication) -> int:
        """How many verdicts and corrections the publication does not show yet."""
        seeds = self.seeds()
        row = publication.row(
            _WAITING, {"judged": list(seeds.judged), "corrected": [_KEY_JOINT.join(key) for key in seeds.corrected]}
        )
        return int(str(row["waiting"])) if row else 0

    def add_verdict(self, publication: Publication, form: Mapping[str, str]) -> str:
        """Write a verdict on a finding; the report that it is about. UsageError where the form does not hold one."""
        verdict = form.get("verdict", "")
        finding = _open_finding(publication, form.get("finding_id", ""))
        if finding is None or verdict not in VERDICTS.values():
            raise Refused(
                "结论要针对现行报告中还没有结论的发现，并在三种回答里选一种",
                "a verdict names a finding without one, of a current report, and one of the three answers",
            )
        seeds = self.seeds()
        if finding.finding_id in seeds.judged:
            raise Refused(
                f"这个发现在 {seeds.verdicts} 里已有结论，请改那一行",
                f"the finding has a verdict in {seeds.verdicts} already; change that row",
            )
        seeds.add_verdict(Verdict(finding, verdict, _line(form.get("note", ""))))
        return finding.report_id

    def add_correction(self, publication: Publication, form: Mapping[str, str]) -> str:
        """Write a correction of a figure; the observation that it was made at. UsageError where it is not whole."""
        row = publication.row(_READING, {"observation_id": form.get("observation_id", "")})
        action = form.get("action", "")
        reason = _line(form.get("reason", ""))
        if row is None or action not in ACTIONS.values():
            raise Refused(
                "更正要针对本次发布的一个数字，并说明怎么改",
                "a correction names a figure of this publication and what to do with it",
            )
        if not reason:
            raise Refused(
                "更正要写理由，理由从此附在数字旁边",
                "a correction needs a reason, which stands beside the figure from then on",
            )
        chosen = publication.row(
            _CHOSEN, {name: row[name] for name in ("report_id", "indicator_code", "applicant_type", "category_label")}
        )
        correction = Correction(
            str(row["report_id"]), str(row["source_file"]), _reading({**row, **(chosen or {})}), action,
            _value(action, form.get("value", ""), row), reason, _line(form.get("evidence", "")),
        )  # fmt: skip
        self.seeds().add_correction(correction)
        return str(row["observation_id"])


def _open_finding(publication: Publication, finding_id: str) -> Finding | None:
    row = publication.row("select report_id from marts.findings where finding_id = $id", {"id": finding_id})
    if row is None:
        return None
    with publication.cursor() as cursor:
        findings = open_findings(cursor, SEVERITIES, str(row["report_id"]))
    return next((each for each in findings if each.finding_id == finding_id), None)


def _reading(row: Row) -> Reading:
    label = row["category_label"]
    return Reading(
        str(row["indicator_code"]), str(row["name_zh"]), str(row["applicant_type"]),
        None if label is None else str(label), Decimal(str(row["value"])), str(row["unit"]), str(row["basis"]),
        bool(row["is_selected"]), str(row["evidence_text"] or ""),
    )  # fmt: skip


def _value(action: str, given: str, row: Row) -> Decimal | None:
    if action == "drop":
        return None
    if action == "select":
        return Decimal(str(row["value"]))
    try:
        value = Decimal(given.strip().replace(",", ""))
    except InvalidOperation as error:
        raise Refused("正确的值应是一个数", "the right value is a number") from error
    if not value.is_finite() or abs(value) >= Decimal("1e16") or value != round(value, 4):
        raise Refused("正确的值最多16位整数、四位小数", "the right value has at most 16 digits and four decimals")
    return value


def _line(text: str) -> str:
    """One line of text, without control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:LONGEST_NOTE]
