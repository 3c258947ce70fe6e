"""Quality: who is missing, late or contradicting itself, and what was not read."""

from __future__ import annotations

from gongkai.explore.answers import LEVELS, PROVINCES, Ask, Page
from gongkai.explore.library import Row
from ingest.errors import NEXT_STEPS

PAGE_ROWS = 50
_BY_YEAR_LISTS = ("missing", "late", "findings", "unread")
"""Lists of a year and a place; the others are of files, which have neither."""

_BY_YEAR = """
    select coverage.year, sum(bodies_expected) as expected, sum(reports_present) as present,
        sum(reports_missing) as missing, sum(reports_late) as late
    from marts.coverage as coverage
    left join marts.dim_region as regions on coverage.region_code = regions.region_code
    where $province in ('', regions.province_code) and $level in ('', coverage.level_code)
    group by coverage.year
    order by coverage.year desc
"""

_MISSING = """
    select missing.agency_name, missing.agency_id, missing.region_code, regions.province_name, regions.prefecture_name,
        missing.level_code, missing.year, missing.expected_by, missing.missing_since_year, missing.last_report_year
    from marts.missing_reports as missing
    left join marts.dim_region as regions on missing.region_code = regions.region_code
    where missing.year = $year and $province in ('', regions.province_code) and $level in ('', missing.level_code)
    order by list_position(['list', 'own_reports', 'region'], missing.expected_by), missing.region_code,
        missing.agency_name
"""

_LATE = """
    select reports.agency_name, reports.report_id, reports.year, reports.published_on, consistency.days_after_deadline,
        reports.source_file
    from marts.report_consistency as consistency
    inner join marts.dim_report as reports on consistency.report_id = reports.report_id
    left join marts.dim_region as regions on reports.region_code = regions.region_code
    where consistency.punctuality = 'late' and reports.is_current and reports.year = $year
        and $province in ('', regions.province_code) and $level in ('', reports.level_code)
    order by consistency.days_after_deadline desc, reports.report_id
"""

_FINDINGS = """
    select findings.severity, findings.check_code, checks.name_zh, checks.name_en, reports.agency_name,
        reports.report_id, reports.year, findings.finding_id, findings.message_zh, findings.message_en
    from marts.findings as findings
    inner join marts.dim_report as reports on findings.report_id = reports.report_id
    left join marts.dim_check as checks on findings.check_code = checks.check_code
    left join marts.dim_region as regions on reports.region_code = regions.region_code
    where reports.is_current and findings.verdict is null and reports.year = $year
        and $province in ('', regions.province_code) and $level in ('', reports.level_code)
    order by list_position(['hard', 'soft', 'warning', 'info'], findings.severity), reports.report_id,
        findings.finding_id
"""

_UNREAD = """
    select numbers.noun, numbers.measure, count(*) as times, count(distinct numbers.report_id) as reports,
        arg_min(numbers.clause, numbers.report_id) as clause, min(numbers.report_id) as report_id
    from marts.quantities as numbers
    inner join marts.dim_report as reports on numbers.report_id = reports.report_id
    left join marts.dim_region as regions on reports.region_code = regions.region_code
    where numbers.outcome = 'unread' and reports.is_current and reports.year = $year
        and $province in ('', regions.province_code) and $level in ('', reports.level_code)
    group by numbers.noun, numbers.measure
    order by times desc, numbers.noun, numbers.measure
"""

_REJECTS = """
    select source_file, archive_member, reason_code, detail, seen_at
    from raw.rejects
    order by source_file, archive_member
"""

_OTHERS = """
    select source_file, archive_member, class_reason, title
    from marts.dim_document
    where document_class != 'annual_report'
    order by source_file, archive_member
"""

_QUERIES = {
    "missing": _MISSING, "late": _LATE, "findings": _FINDINGS, "unread": _UNREAD, "rejects": _REJECTS,
    "others": _OTHERS,
}  # fmt: skip


def quality(ask: Ask) -> Page:
    """One of the lists for a year, and how many of each kind there are by year."""
    levels, provinces = ask.publication.kept_rows(LEVELS), ask.publication.kept_rows(PROVINCES)
    place = {
        "province": ask.one_of("province", [str(row["region_code"]) for row in provinces], ""),
        "level": ask.one_of("level", [str(row["level_code"]) for row in levels], ""),
    }
    by_year = _without_gaps(ask.publication.kept_rows(_BY_YEAR, place))
    years = [int(str(row["year"])) for row in by_year]
    newest = next((row["year"] for row in by_year if row["present"]), years[0] if years else None)
    year = ask.year("year") or newest
    shown = ask.one_of("list", tuple(_QUERIES), "findings")
    rows, count = _listed(ask, shown, {**place, "year": year})
    data: dict[str, object] = {
        "year": year if shown in _BY_YEAR_LISTS else None, **place, "by_year": by_year, "list": shown, "count": count,
        "rows": rows,
    }  # fmt: skip
    view = {
        "is_reckoned": any(row["year"] == year and row["expected"] for row in by_year),
        "lists": tuple(_QUERIES), "levels": levels, "provinces": provinces, "years": years,
        "number": ask.page_number(), "pages": -(-count // PAGE_ROWS),
        "kept": {**place, "year": year or "", "list": shown},
    }  # fmt: skip
    return Page("quality.html", ask.say("质量", "Quality"), data, rows, view)


def _without_gaps(by_year: list[Row]) -> list[Row]:
    """The same with the years in between of which no report is there at all: who is missing then is not reckoned."""
    known = {int(str(row["year"])): row for row in by_year}
    nothing = dict.fromkeys(("expected", "present", "missing", "late"))
    years = range(max(known), min(known) - 1, -1) if known else ()
    return [known.get(year, {"year": year, **nothing}) for year in years]


def _listed(ask: Ask, shown: str, parameters: dict[str, object]) -> tuple[list[Row], int]:
    """A page of a list, and how long the whole is."""
    query = _QUERIES[shown]
    used = {name: value for name, value in parameters.items() if f"${name}" in query}
    (count,) = ask.publication.kept_rows(f"select count(*) as rows from ({query})", used)  # noqa: S608 - one of ours
    window = {"most": PAGE_ROWS, "offset": (ask.page_number() - 1) * PAGE_ROWS}
    rows = ask.publication.rows(f"{query} limit $most offset $offset", {**used, **window})
    if shown == "rejects":
        steps = {str(reason): step for reason, step in NEXT_STEPS.items()}
        rows = [{**row, "next_step": steps.get(str(row["reason_code"]))} for row in rows]
    return rows, int(str(count["rows"]))
