"""Places of which reports are there: others would lead to nothing."""

from __future__ import annotations

from gongkai.explore.answers import Ask
from gongkai.explore.library import Row

# With how many reports there are, their own or of places within them.
_PLACES = """
    with placed as (
        select reports.report_id, unnest(list_distinct([
            reports.region_code, regions.county_code, regions.prefecture_code, regions.province_code
        ])) as region_code
        from marts.dim_report as reports
        inner join marts.dim_region as regions on reports.region_code = regions.region_code
        where reports.is_current
    )
    select
        places.region_code, any_value(places.name) as name, any_value(places.short_name) as short_name,
        any_value(places.level_code) as level_code,
        any_value(concat_ws(
            ' ', nullif(places.province_name, places.name), nullif(places.prefecture_name, places.name),
            nullif(places.county_name, places.name)
        )) as within,
        count(*) as reports
    from placed
    inner join marts.dim_region as places on placed.region_code = places.region_code
    group by places.region_code
    order by length(places.region_code), places.region_code
"""


def places_called(ask: Ask, word: str) -> list[Row]:
    """Those that are called so, by name, code or pinyin: those of exactly this name first, then from the largest on."""
    latin = set(ask.publication.latin_names(word))
    found = [
        row
        for row in ask.publication.kept_rows(_PLACES)
        if word in str(row["name"]) or row["region_code"] == word or row["region_code"] in latin
    ]
    return sorted(found, key=lambda row: word not in (row["name"], row["short_name"]))
