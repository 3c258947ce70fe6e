"""Indicators: what each means, which forms carry it, how far it can be compared, who states it, and how it spreads."""

from __future__ import annotations

from gongkai.explore.answers import FACTS, Ask, Page, not_found, shown_number
from gongkai.explore.charts import bar_chart, box_chart
from gongkai.explore.languages import counted
from gongkai.explore.library import Row

CHART_WIDTHS = (("wide", 560), ("narrow", 344))

_INDICATORS = """
    select indicators.* exclude (is_signed), coalesce(stated.reports, 0) as reports
    from marts.dim_indicator as indicators
    left join (
        select indicator_code, count(distinct report_id) as reports
        from marts.observations where is_selected group by indicator_code
    ) as stated on indicators.indicator_code = stated.indicator_code
    order by indicators.rowid
"""

_COVERAGE = """
    select
        reports.year, count(*) as reports, count(stated.report_id) as stating,
        count(*) filter (where list_contains($forms, reports.form)) as asked
    from marts.dim_report as reports
    left join (
        select distinct report_id from marts.observations where is_selected and indicator_code = $indicator_code
    ) as stated on reports.report_id = stated.report_id
    where reports.is_current and reports.year is not null
    group by reports.year
    order by reports.year
"""

# Whole-year figures of current reports, each once.
_SPREAD = """
    select
        levels.level_code, levels.name_zh, levels.name_en, reports.scope, count(*) as n,
        quantile_cont(observations.value, 0.1) as p10, quantile_cont(observations.value, 0.25) as lower,
        median(observations.value) as median, quantile_cont(observations.value, 0.75) as upper,
        quantile_cont(observations.value, 0.9) as p90, sum(observations.value) as total
    from marts.observations as observations
    inner join marts.dim_report as reports on observations.report_id = reports.report_id
    inner join marts.dim_level as levels on reports.level_code = levels.level_code
    where observations.indicator_code = $indicator_code and observations.is_selected
        and observations.applicant_type = 'all' and observations.category_label is null
        and reports.is_current and reports.year = $year
    group by all
    order by min(levels.level_rank), reports.scope
"""

_RELATED = """
    select indicator_code, name_zh, name_en, parent_code
    from marts.dim_indicator
    where parent_code = $indicator_code or indicator_code = $parent_code
        or (series_code = $series_code and indicator_code != $indicator_code)
    order by rowid
"""


def indicators(ask: Ask) -> Page:
    """All indicators by subject."""
    rows = ask.publication.rows(_INDICATORS)
    groups: dict[str, list[Row]] = {fact: [] for fact in FACTS}
    for row in rows:
        groups.setdefault(str(row["fact_table"]), []).append(row)
    return Page("indicators.html", ask.say("指标", "Indicators"), {"indicators": rows}, rows, {"groups": groups})


def indicator(ask: Ask) -> Page:
    """One indicator."""
    code = {"indicator_code": ask.path("indicator_code")}
    own = ask.publication.row("select * from marts.dim_indicator where indicator_code = $indicator_code", code)
    if own is None:
        raise not_found(ask.say("没有这个指标", "there is no such indicator"))
    coverage = ask.publication.rows(_COVERAGE, {**code, "forms": own["forms"]})
    years = [int(str(row["year"])) for row in coverage if row["stating"]]
    year = ask.year("year") or (years[-1] if years else None)
    spread = ask.publication.rows(_SPREAD, {**code, "year": year})
    related = ask.publication.rows(
        _RELATED, {**code, "parent_code": own["parent_code"], "series_code": own["series_code"]}
    )
    name = str(own["name_en" if ask.language == "en" else "name_zh"])
    data: dict[str, object] = {
        "indicator": own, "coverage": coverage, "year": year, "distribution": spread, "related": related,
    }  # fmt: skip
    view = {
        "coverage_charts": [(size, _coverage_chart(ask, name, coverage, width)) for size, width in CHART_WIDTHS],
        "spread_charts": [(size, _spread_chart(ask, name, spread, width)) for size, width in CHART_WIDTHS],
        "years": years,
    }  # fmt: skip
    return Page("indicator.html", name, data, coverage, view)


def _coverage_chart(ask: Ask, name: str, coverage: list[Row], width: int) -> object:
    bars = []
    for row in coverage:
        share = 100 * int(str(row["stating"])) / int(str(row["reports"]))
        reports = counted(ask.language, int(str(row["reports"])), "份报告", "report", "reports")
        told = ask.say(
            f"{row['year']}：{reports}中 {row['stating']} 份写明",
            f"{row['year']}: stated by {row['stating']} of {reports}",
        )
        bars.append((str(row["year"]), share, told))
    return bar_chart(name, bars, width=width, height=200)


def _spread_chart(ask: Ask, name: str, spread: list[Row], width: int) -> object:
    boxes: list[Row] = []
    for row in spread:
        level = str(row["name_en" if ask.language == "en" else "name_zh"])
        median = shown_number(row["median"])
        reports = counted(ask.language, int(str(row["n"])), "份", "report", "reports")
        told = ask.say(f"{level}：{reports}，中位数 {median}", f"{level}: {reports}, median {median}")
        scope = {"aggregate": ask.say("（含下级）", " (area)")}.get(str(row["scope"]), "")
        boxes.append({**row, "name": level + scope, "told": told})
    return box_chart(name, boxes, width=width)
