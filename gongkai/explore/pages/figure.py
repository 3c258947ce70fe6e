"""A figure's page: where it comes from, what else the report says of it, and the form to put it right."""

from __future__ import annotations

from gongkai.explore.answers import Ask, Page, not_found
from gongkai.reports.evidence import figures

_FIGURE = """
    select observations.*, indicators.name_zh, indicators.name_en, indicators.note, indicators.forms,
        reports.agency_name, reports.agency_id, reports.year, reports.source_file, reports.is_current
    from marts.observations as observations
    inner join marts.dim_indicator as indicators on observations.indicator_code = indicators.indicator_code
    inner join marts.dim_report as reports on observations.report_id = reports.report_id
    where observation_id = $observation_id
"""

_FINDINGS = """
    select finding_id, check_code, severity, message_zh, message_en, verdict, verdict_note
    from marts.findings
    where report_id = $report_id and list_contains(observation_ids, $observation_id)
    order by list_position(['hard', 'soft', 'warning', 'info'], severity), finding_id
"""

_OTHERS = """
    select observation_id, value, unit, qualifier, page, table_no, row_no, col_no, block_no
    from marts.observations
    where report_id = $report_id and indicator_code = $indicator_code and applicant_type = $applicant_type
        and category_label is not distinct from $category_label
"""


def figure(ask: Ask) -> Page:
    """One reading of a figure, with every other reading of it."""
    one = {"observation_id": ask.path("observation_id")}
    own = ask.publication.row(_FIGURE, one)
    if own is None:
        raise not_found(ask.say("没有这个数字", "there is no such figure"))
    key = {name: own[name] for name in ("report_id", "indicator_code", "applicant_type", "category_label")}
    same = {str(row["observation_id"]): row for row in ask.publication.rows(_OTHERS, key)}
    with ask.publication.cursor() as cursor:
        read = [each for each in figures(cursor, str(own["report_id"]), everything=True) if each.observation_id in same]
    findings = ask.publication.rows(_FINDINGS, {**one, "report_id": own["report_id"]})
    readings: list[dict[str, object]] = [
        {
            **same[each.observation_id], "basis": each.basis, "is_selected": each.is_selected,
            "section": each.section, "before": each.words.before, "marked": each.words.marked,
            "after": each.words.after,
        }
        for each in sorted(read, key=lambda each: (each.observation_id != one["observation_id"], not each.is_selected))
    ]  # fmt: skip
    data: dict[str, object] = {"figure": own, "readings": readings, "findings": findings}
    name = own["name_en" if ask.language == "en" else "name_zh"]
    return Page("figure.html", f"{name} · {own['agency_name'] or ''} {own['year'] or ''}", data, readings)
