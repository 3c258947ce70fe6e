"""The map: provinces, or prefectures of one, as tiles coloured by a rate."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from gongkai.commands.metrics import in_words
from gongkai.explore.answers import LEVELS, PROVINCES, Ask, Page
from gongkai.explore.library import Row

CLASSES = 5
"""Shades of a tile: as many places in each, as far as equal values allow."""

_FIRST_METRICS = ("refusal_rate", "disclosure_rate", "consent_rate")

_METRICS = """
    select metrics.metric_code, metrics.name_zh, metrics.name_en, metrics.metric_group, metrics.unit, metrics.numerator,
        metrics.denominator, metrics.note
    from marts.dim_metric as metrics
    where metrics.denominator is not null
    order by metrics.rowid
"""

_YEARS = """
    select distinct year from marts.metrics
    where metric_code = $metric and grain = 'report' and denominator > 0 order by year desc
"""

# Reports whose figures stand in no other one are added up, and the rate is of the sums: large bodies weigh more.
_VALUES = """
    with placed as (
        select
            if($province = '', regions.province_code, coalesce(regions.prefecture_code, regions.county_code)) as code,
            metrics.numerator, metrics.denominator
        from marts.metrics as metrics
        inner join marts.additive_reports as additive on metrics.report_id = additive.report_id
        inner join marts.dim_region as regions on metrics.region_code = regions.region_code
        where metrics.grain = 'report' and metrics.metric_code = $metric and metrics.year = $year
            and metrics.denominator > 0 and $province in ('', regions.province_code)
            and $level in ('', metrics.level_code)
    ),
    rates as (
        select code, sum(numerator) as numerator, sum(denominator) as denominator, count(*) as n,
            sum(numerator) / sum(denominator) * $times as value
        from placed where code is not null group by code
    )
    select regions.region_code, regions.name, regions.short_name, rates.value, rates.numerator, rates.denominator,
        rates.n,
        if(
            rates.value is null, null,
            ntile($classes) over (partition by rates.value is null order by rates.value)
        ) as class
    from marts.dim_region as regions
    left join rates on regions.region_code = rates.code
    where regions.valid_to_year is null
        and (($province = '' and regions.level_code = 'province')
            or ($province != '' and regions.parent_code = $province))
    order by regions.region_code
"""

_TIMES = {"per_ten_thousand": 10_000, "per_hundred": 100}


def tile_map(ask: Ask) -> Page:
    """A rate by place."""
    metrics = ask.publication.kept_rows(_METRICS)
    codes = [str(row["metric_code"]) for row in metrics]
    first = next((code for code in _FIRST_METRICS if code in codes), codes[0])
    metric = next(row for row in metrics if row["metric_code"] == ask.one_of("metric", codes, first))
    years = [int(str(row["year"])) for row in ask.publication.kept_rows(_YEARS, {"metric": metric["metric_code"]})]
    year = ask.year("year") or (years[0] if years else None)
    levels, provinces = ask.publication.kept_rows(LEVELS), ask.publication.kept_rows(PROVINCES)
    level = ask.one_of("level", [str(row["level_code"]) for row in levels], "")
    province = ask.one_of("province", [str(row["region_code"]) for row in provinces], "")
    parameters: dict[str, object] = {
        "province": province,
        "metric": metric["metric_code"],
        "year": year,
        "level": level,
        "classes": CLASSES,
        "times": _TIMES.get(str(metric["unit"]), 1),
    }  # fmt: skip
    places = ask.publication.rows(_VALUES, parameters)
    data: dict[str, object] = {"metric": metric, "year": year, "level": level, "province": province, "places": places}
    kept = {"metric": metric["metric_code"], "year": year or "", "level": level}
    view = {
        "metrics": metrics, "years": years, "levels": levels, "provinces": provinces,
        "tiles": _tiles(places) if not province else _rows_of_tiles(places),
        "legend": _legend(places), "is_share": metric["unit"] in ("share", "ratio"),
        "formula": [in_words(str(metric[part]), _names(ask)) for part in ("numerator", "denominator")],
        "address_of": lambda code: "/map?" + urlencode({**kept, "province": code}),
    }  # fmt: skip
    return Page("map.html", ask.say("地图", "Map"), data, places, view)


def _names(ask: Ask) -> dict[str, str]:
    """The names of indicators by their codes."""
    rows = ask.publication.kept_rows("select indicator_code, name_zh, name_en from marts.dim_indicator")
    name = "name_en" if ask.language == "en" else "name_zh"
    return {str(row["indicator_code"]): str(row[name]) for row in rows}


@cache
def _grid() -> dict[str, tuple[int, int]]:
    """Row and column of each province."""
    with Path(__file__).parents[1].joinpath("tiles.csv").open(encoding="utf-8", newline="") as lines:
        return {row["region_code"]: (int(row["row"]), int(row["column"])) for row in csv.DictReader(lines)}


def _tiles(places: list[Row]) -> list[Row]:
    """Provinces where they lie, roughly."""
    grid = _grid()
    return [
        {**place, "row": grid[str(place["region_code"])][0], "column": grid[str(place["region_code"])][1]}
        for place in places
        if str(place["region_code"]) in grid
    ]


def _rows_of_tiles(places: list[Row], width: int = 5) -> list[Row]:
    """Places of a province row by row, as no grid says where they lie."""
    return [{**place, "row": number // width, "column": number % width} for number, place in enumerate(places)]


def _legend(places: list[Row]) -> list[Row]:
    """From what to what each shade goes."""
    by_class: dict[int, list[Row]] = {}
    for place in places:
        if place["class"] is not None:
            by_class.setdefault(int(str(place["class"])), []).append(place)
    return [
        {
            "class": number,
            "low": min(own, key=lambda row: float(str(row["value"])))["value"],
            "high": max(own, key=lambda row: float(str(row["value"])))["value"],
        }
        for number, own in sorted(by_class.items())
    ]
