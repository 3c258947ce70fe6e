"""A body's page: its reports by year, its series with their breaks, its findings, its peers."""

from __future__ import annotations

from gongkai.explore.answers import MAIN, Ask, Page, not_found
from gongkai.explore.charts import Line, line_chart
from gongkai.explore.languages import code_words, note_words
from gongkai.explore.library import Row

_MOST_PEERS = 12
_MOST_FINDINGS = 30

_BODY = """
    select agencies.*, regions.name as region_name, levels.name_zh as level_zh, levels.name_en as level_en,
        regions.province_name, regions.prefecture_name, regions.county_name, regions.parent_code
    from marts.dim_agency as agencies
    left join marts.dim_region as regions on agencies.region_code = regions.region_code
    left join marts.dim_level as levels on agencies.level_code = levels.level_code
    where agency_id = $agency_id
"""

_REPORTS = """
    with own as (
        select * from marts.dim_report
        where agency_id in (select agency_id from marts.dim_agency where entity_id = $entity_id)
    )
    select
        reports.year, reports.report_id, reports.agency_id, reports.agency_name, reports.scope, reports.form,
        reports.version_no, reports.is_current, reports.published_on, reports.source_file, reports.period_start,
        reports.period_end, consistency.punctuality, greatest(consistency.days_after_deadline, 0) as days_late,
        coalesce(stated.figures, 0) as figures, coalesce(contradictions, 0) as contradictions,
        coalesce(doubts, 0) as doubts
    from own as reports
    left join marts.report_consistency as consistency on reports.report_id = consistency.report_id
    left join (
        select report_id, count(*) as figures
        from marts.observations
        where is_selected and report_id in (select report_id from own)
        group by report_id
    ) as stated on reports.report_id = stated.report_id
    left join (
        select report_id, count(*) filter (where severity = 'hard') as contradictions,
            count(*) filter (where severity = 'soft') as doubts
        from marts.findings
        where verdict is null and report_id in (select report_id from own)
        group by report_id
    ) as found on reports.report_id = found.report_id
    order by reports.year desc, reports.scope, reports.version_no desc
"""

_SERIES = """
    with places as (
        select series_code, min(coalesce(list_position($main, indicator_code), 1000 + rowid)) as place
        from marts.dim_indicator
        group by series_code
    )
    select series.series_code, series.scope, series.name_zh, series.name_en, series.year, series.report_id, series.form,
        series.value, series.unit, series.is_exact, series.grade, series.is_break, series.break_note,
        series.change_percent
    from marts.series as series
    left join places on series.series_code = places.series_code
    where series.entity_id = $entity_id
    order by places.place, series.series_code, series.scope = 'aggregate', series.scope, series.year
"""

_FINDINGS = """
    select reports.year, findings.finding_id, findings.report_id, findings.check_code, findings.severity,
        findings.message_zh, findings.message_en, findings.verdict
    from marts.findings as findings
    inner join marts.dim_report as reports on findings.report_id = reports.report_id
    where reports.agency_id in (select agency_id from marts.dim_agency where entity_id = $entity_id)
        and reports.is_current
    order by list_position(['hard', 'soft', 'warning', 'info'], severity), reports.year desc, finding_id
"""

# Governments of one level within the same parent; of other bodies those of the same place.
_PEERS = """
    select agencies.agency_id, agencies.agency_name, regions.name as region_name, agencies.first_year,
        agencies.last_year, agencies.report_count
    from marts.dim_agency as agencies
    left join marts.dim_region as regions on agencies.region_code = regions.region_code
    where agencies.entity_id != $entity_id and agencies.level_code = $level_code and agencies.agency_kind = $agency_kind
        and (
            regions.parent_code = $parent_code
            or ($agency_kind != 'government' and agencies.region_code = $region_code)
        )
    order by agencies.report_count desc, agencies.region_code, agencies.agency_name
    limit $most
"""


def body(ask: Ask) -> Page:
    """Everything known of a body, through its renamings."""
    own = ask.publication.row(_BODY, {"agency_id": ask.path("agency_id")})
    if own is None:
        raise not_found(ask.say("没有这个机构", "there is no such body"))
    entity = {"entity_id": own["entity_id"]}
    reports = ask.publication.rows(_REPORTS, entity)
    series = ask.publication.rows(_SERIES, {**entity, "main": list(MAIN)})
    findings = ask.publication.rows(_FINDINGS, entity)
    peers = ask.publication.rows(
        _PEERS,
        {
            **{name: own[name] for name in ("entity_id", "level_code", "agency_kind", "parent_code", "region_code")},
            "most": _MOST_PEERS,
        },
    )
    data: dict[str, object] = {"body": own, "reports": reports, "series": series, "findings": findings, "peers": peers}
    view = {"charts": _charts(series, ask), "region": own, "most": _MOST_FINDINGS}
    return Page("body.html", str(own["agency_name"]), data, series or reports, view)


def _charts(series: list[Row], ask: Ask) -> list[dict[str, object]]:
    """A chart for each series of two years and more, a line for each scope: the main ones, then as the forms go on."""
    by_code: dict[str, dict[object, list[Row]]] = {}
    for row in series:
        by_code.setdefault(str(row["series_code"]), {}).setdefault(row["scope"], []).append(row)
    charts: list[dict[str, object]] = []
    for code, by_scope in by_code.items():
        rows = [row for own in by_scope.values() for row in own]
        stated = [row for row in rows if row["value"] is not None]
        if len({row["year"] for row in stated}) < 2 or not any(row["value"] for row in stated):
            continue
        name = str(rows[0]["name_en" if ask.language == "en" else "name_zh"])
        scopes = {scope: code_words(ask.language, "scope", scope) for scope in by_scope}
        lines: list[Line] = [
            {
                "name": f"{name} {scopes[scope]}",
                "rows": [{**row, "break_note": note_words(ask.language, row["break_note"])} for row in own],
            }
            for scope, own in by_scope.items()
        ]
        first = next(iter(by_scope.values()))
        chart: dict[str, object] = {
            "code": code, "name": name, "unit": rows[0]["unit"],
            "last": next(row for row in reversed(first) if row["value"] is not None),
            "breaks": [row for row in rows if row["is_break"]],
            "scopes": list(scopes.values()) if len(scopes) > 1 else [],
            "svg": line_chart(name, lines, width=280, height=110, small=True),
        }  # fmt: skip
        charts.append(chart)
    return charts
