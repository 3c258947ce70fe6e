"""Compare: two to eight bodies or places over chosen indicators and years, with what stands against a comparison.

A figure, zero among them, a report that does not state it, and no report at all are three things.
"""

from __future__ import annotations

from urllib.parse import urlencode

from gongkai.explore.answers import MAIN, Ask, Page
from gongkai.explore.charts import line_chart
from gongkai.explore.languages import note_words
from gongkai.explore.library import Row
from gongkai.explore.places import places_called

MOST = 8
_MOST_INDICATORS = 12
_MOST_FOUND = 8

_BODIES = """
    select agency_id as id, agency_name as name, level_code, agency_kind
    from marts.dim_agency where list_contains($ids, agency_id) order by list_position($ids, agency_id)
"""

_PLACES = """
    select region_code as id, name, level_code, null as agency_kind
    from marts.dim_region where list_contains($ids, region_code) order by list_position($ids, region_code)
"""

_INDICATORS = """
    select indicator_code, name_zh, name_en, unit, comparability, series_code, fact_table
    from marts.dim_indicator order by rowid
"""

# Through its renamings: a body is compared as what it was called in each year.
_CHOSEN_BODIES = """
    with chosen as (
        select chosen.agency_id as id, bodies.agency_id
        from marts.dim_agency as chosen
        inner join marts.dim_agency as bodies on chosen.entity_id = bodies.entity_id
        where list_contains($ids, chosen.agency_id)
    )
"""

_BODIES_REPORTED = f"""
    {_CHOSEN_BODIES}
    select chosen.id, reports.year, count(*) as reports
    from chosen
    inner join marts.dim_report as reports on chosen.agency_id = reports.agency_id
    where reports.is_current and reports.year between $from_year and $to_year
    group by chosen.id, reports.year
"""  # noqa: S608 - one of ours

_PLACES_REPORTED = """
    select chosen.id, additive.year, count(*) as reports
    from (select unnest($ids) as id) as chosen
    inner join marts.dim_region as regions
        on chosen.id in (regions.region_code, regions.province_code, regions.prefecture_code, regions.county_code)
    inner join marts.additive_reports as additive on regions.region_code = additive.region_code
    where additive.year between $from_year and $to_year
    group by chosen.id, additive.year
"""

_OF_BODIES = f"""
    {_CHOSEN_BODIES}
    select
        chosen.id, observations.indicator_code, reports.year, reports.scope, reports.form,
        observations.value, 1 as n, observations.qualifier, observations.confidence,
        observations.correction_reason is not null as is_corrected, observations.observation_id,
        coalesce(series.is_break, false) as is_break, series.break_note
    from chosen
    inner join marts.dim_report as reports on chosen.agency_id = reports.agency_id
    inner join marts.observations as observations on reports.report_id = observations.report_id
    inner join marts.dim_indicator as indicators on observations.indicator_code = indicators.indicator_code
    left join marts.dim_agency as agencies on reports.agency_id = agencies.agency_id
    left join marts.series as series
        on agencies.entity_id = series.entity_id and indicators.series_code = series.series_code
        and reports.year = series.year and reports.scope is not distinct from series.scope
    where reports.is_current and list_contains($indicators, observations.indicator_code) and observations.is_selected
        and observations.applicant_type = 'all' and observations.category_label is null
        and reports.year between $from_year and $to_year
    order by observations.indicator_code, reports.year, reports.scope = 'aggregate', id
"""  # noqa: S608 - one of ours

# Sums over reports whose figures stand in no other one, so that none counts twice.
_OF_PLACES = """
    select
        chosen.id, observations.indicator_code, reports.year, null as scope,
        string_agg(distinct reports.form, '+') as form, sum(observations.value) as value, count(*) as n,
        if(bool_or(observations.qualifier != 'exact'), 'about', 'exact') as qualifier,
        if(bool_or(observations.confidence = 'doubtful'), 'doubtful', 'certain') as confidence,
        bool_or(observations.correction_reason is not null) as is_corrected, null as observation_id, false as is_break,
        null as break_note
    from (select unnest($ids) as id) as chosen
    inner join marts.dim_region as regions
        on chosen.id in (regions.region_code, regions.province_code, regions.prefecture_code, regions.county_code)
    inner join marts.dim_report as reports on regions.region_code = reports.region_code
    inner join marts.additive_reports as additive on reports.report_id = additive.report_id
    inner join marts.observations as observations on reports.report_id = observations.report_id
    where list_contains($indicators, observations.indicator_code) and observations.is_selected
        and observations.applicant_type = 'all' and observations.category_label is null
        and reports.year between $from_year and $to_year
    group by chosen.id, observations.indicator_code, reports.year
    order by observations.indicator_code, reports.year, chosen.id
"""


def compare(ask: Ask) -> Page:
    """The figures of what was chosen side by side."""
    ids, places = ask.many("b", MOST), ask.many("r", MOST)
    parameters = {"ids": ids or places}
    chosen = ask.publication.rows(_BODIES if ids else _PLACES, parameters)
    known = {str(row["indicator_code"]): row for row in ask.publication.rows(_INDICATORS)}
    wanted = [code for code in ask.many("i", _MOST_INDICATORS) if code in known]
    wanted = wanted or [code for code in MAIN[:3] if code in known]
    from_year, to_year = ask.year("from") or 2008, ask.year("to") or 2100
    years = {**parameters, "from_year": from_year, "to_year": to_year}
    stated = ask.publication.rows(_OF_BODIES if ids else _OF_PLACES, {**years, "indicators": wanted})
    reported = ask.publication.rows(_BODIES_REPORTED if ids else _PLACES_REPORTED, years)
    values = _with_gaps(stated, reported, [str(row["id"]) for row in chosen], wanted)
    data: dict[str, object] = {
        "compared": chosen, "indicators": [known[code] for code in wanted], "values": values,
        "warnings": _warnings(ask, chosen, [known[code] for code in wanted], stated),
    }  # fmt: skip
    kept = {"b": ids, "r": [] if ids else places, "i": wanted, "from": ask.text("from"), "to": ask.text("to")}
    view = {
        "kept": kept, "known": known, "blocks": [_block(ask, known[code], chosen, values) for code in wanted],
        "without": lambda name, value: "/compare?" + urlencode(
            {**kept, name: [each for each in kept[name] if each != value]}, doseq=True
        ),
        "found": _found(ask), "kind": "b" if ids or not places else "r", "most": MOST,
    }  # fmt: skip
    return Page("compare.html", ask.say("比较", "Compare"), data, values, view)


def _with_gaps(stated: list[Row], reported: list[Row], ids: list[str], indicators: list[str]) -> list[Row]:
    """What is stated, and rows without a value where a report does not state it (not_stated) or is none (no_report)."""
    with_report = {(row["id"], row["year"]) for row in reported}
    by_key: dict[tuple[object, ...], list[Row]] = {}
    for row in stated:
        by_key.setdefault((row["indicator_code"], row["year"], row["id"]), []).append({**row, "state": "stated"})
    years = [int(str(row["year"])) for row in reported]
    empty = {name: None for row in stated[:1] for name in row}
    rows: list[Row] = []
    for code in indicators:
        for year in range(min(years), max(years) + 1) if years else ():
            for one in ids:
                state = "not_stated" if (one, year) in with_report else "no_report"
                gap: Row = {**empty, "id": one, "indicator_code": code, "year": year, "value": None, "state": state}
                rows += by_key.get((code, year, one), [gap])
    return rows


def _found(ask: Ask) -> list[Row]:
    """Bodies and places with reports that are called as was typed into the box for adding one."""
    word = ask.text("add").lower()
    if not word:
        return []
    bodies = ask.publication.rows(
        """
        select 'b' as kind, agency_id as id, agency_name as name, regions.province_name as within
        from marts.dim_agency as agencies
        left join marts.dim_region as regions on agencies.region_code = regions.region_code
        where report_count > 0 and (
            contains(lower(agency_name), $word) or list_has_any($latin, [agency_id, agencies.region_code])
        )
        order by length(name), id
        limit $most
        """,
        {"word": word, "latin": ask.publication.latin_names(word), "most": _MOST_FOUND},
    )
    places: list[Row] = [
        {"kind": "r", "id": row["region_code"], "name": row["name"], "within": row["within"]}
        for row in places_called(ask, word)[:_MOST_FOUND]
    ]
    return bodies + places


def _block(ask: Ask, indicator: Row, chosen: list[Row], values: list[Row]) -> dict[str, object]:
    """The chart and the table of one indicator."""
    own = [row for row in values if row["indicator_code"] == indicator["indicator_code"]]
    years = sorted({int(str(row["year"])) for row in own})
    is_stated = any(row["state"] == "stated" for row in own)
    name = str(indicator["name_en" if ask.language == "en" else "name_zh"])
    lines: list[dict[str, object]] = []
    cells: dict[tuple[object, int], list[Row]] = {}
    for row in own:
        cells.setdefault((row["id"], int(str(row["year"]))), []).append(row)
    for each in chosen:
        # Of two current reports of a year the one of the own level stands first.
        first = [cells[each["id"], year][0] for year in years]
        rows = [
            {
                "year": row["year"], "value": row["value"], "is_break": row.get("is_break"),
                "break_note": note_words(ask.language, row.get("break_note")),
                "is_exact": row.get("qualifier") in (None, "exact"),
            }
            for row in first
        ]  # fmt: skip
        lines.append({"name": each["name"], "rows": rows})
    return {
        "indicator": indicator, "name": name, "years": years if is_stated else [], "cells": cells,
        "charts": [
            (size, line_chart(name, lines, width=width, height=height))
            for size, width, height in (("wide", 1080, 260), ("narrow", 344, 200))
            if len(years) > 1 and is_stated
        ],
    }  # fmt: skip


def _warnings(ask: Ask, chosen: list[Row], indicators: list[Row], values: list[Row]) -> list[str]:
    """What makes the figures less comparable than they look."""
    warnings: list[str] = []
    if len({row["level_code"] for row in chosen}) > 1:
        warnings.append(ask.say("所选不是同一层级。", "These are not all of one level."))
    if len({row["agency_kind"] for row in chosen}) > 1:
        warnings.append(ask.say("所选既有政府也有部门。", "Governments and departments are mixed."))
    scopes = {row["scope"] for row in values if row["scope"]}
    if len(scopes) > 1:
        warnings.append(
            ask.say("有的报告只写本级，有的含下级。", "Some reports tell of the own level, others of the whole area.")
        )
    for indicator in indicators:
        own = [row for row in values if row["indicator_code"] == indicator["indicator_code"]]
        name = indicator["name_en" if ask.language == "en" else "name_zh"]
        missing = [str(row["name"]) for row in chosen if row["id"] not in {value["id"] for value in own}]
        if missing and own:
            said = "、".join(missing) if ask.language != "en" else ", ".join(missing)
            warnings.append(ask.say(f"{name}：{said}没有写明。", f"{name}: not stated by {said}."))
        if indicator["comparability"] == "C" and len({row["form"] for row in own}) > 1:
            warnings.append(
                ask.say(
                    f"{name}：各格式口径不同，只宜在同一格式内比较。",
                    f"{name}: forms define it differently; compare within one form.",
                )
            )
    if any(row["qualifier"] != "exact" for row in values):
        warnings.append(ask.say("有约数（带“约”“至少”）。", "Some figures are approximations, marked as such."))
    return warnings
