"""Find: one box for bodies, places, years and words in reports, with facets to narrow what was found."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import duckdb

from gongkai.explore.answers import Ask, Page
from gongkai.explore.library import Row
from gongkai.explore.places import places_called
from gongkai.warehouse.sql import records

PAGE_ROWS = 20
SNIPPET = 40
"""Characters shown on either side of the words found."""
FACETS = ("province", "level", "kind", "year", "form", "finding")

_MOST_TERMS = 5
_MOST_NAMES = 8
_YEAR = re.compile(r"(?:19|20)\d\d")

# Each current report with what it is found by: names, places, and the gravest of its findings.
_REPORTS = """
    select
        reports.report_id, reports.document_id, reports.agency_id, coalesce(reports.agency_name, '') as agency_name,
        reports.region_code, reports.scope, reports.source_file,
        [
            reports.agency_id, reports.region_code, regions.county_code, regions.prefecture_code, regions.province_code
        ] as ids,
        concat_ws(
            ' ', regions.province_name, regions.prefecture_name, regions.county_name,
            if(regions.level_code in ('province', 'prefecture', 'county'), null, regions.name)
        ) as place,
        coalesce(regions.province_code, '') as province, coalesce(reports.level_code, '') as level,
        coalesce(reports.agency_kind, '') as kind, coalesce(reports.year::varchar, '') as year, reports.form,
        coalesce(worst.severity, 'none') as finding
    from marts.dim_report as reports
    left join marts.dim_region as regions on reports.region_code = regions.region_code
    left join (
        select report_id, arg_min(severity, list_position(['hard', 'soft', 'warning', 'info'], severity)) as severity
        from marts.findings
        where verdict is null
        group by report_id
    ) as worst on reports.report_id = worst.report_id
    where reports.is_current
"""


# Files of which no report was made: those that could not be read, and documents that are something else.
_FILES = """
    select source_file, archive_member, 'other' as state, class_reason as reason, title as detail, document_id
    from marts.dim_document where document_class != 'annual_report'
    union all
    select source_file, archive_member, 'rejected', reason_code, detail, null from raw.rejects
"""

_PLACES_WITHOUT = """
    select name, province_name from marts.dim_region
    where valid_to_year is null and ($word in (name, short_name, region_code) or list_contains($latin, region_code))
    order by length(region_code), region_code
"""


def find(ask: Ask) -> Page:
    """The reports, bodies, places and other files that fit what was typed and chosen."""
    typed = ask.text("q")
    terms = [term.lower() for term in typed.split()[:_MOST_TERMS]]
    words = [term for term in terms if not _YEAR.fullmatch(term)]
    chosen = {facet: ask.many(facet) for facet in FACETS}
    first = (ask.page_number() - 1) * PAGE_ROWS
    region = _region(ask, ask.text("region"))
    narrowed = any(chosen.values()) or bool(region)
    with ask.publication.cursor() as cursor:
        _look_into_texts(cursor, words)
        _judge(cursor, ask, words, [term for term in terms if _YEAR.fullmatch(term)], chosen)
        facets = _facets(cursor, ask)
        count = _count(cursor)
        reports = records(
            cursor,
            f"select * exclude (ids, {', '.join(f'fits_{facet}' for facet in FACETS)}) from judged where {_ALL_FIT} "  # noqa: S608
            f"order by named desc, year desc, agency_name, report_id limit {PAGE_ROWS} offset {first}",
        )
        _add_snippets(cursor, reports, words)
        bodies = _bodies(cursor) if words else []
        files = _files(cursor, terms) if terms and not narrowed else []
    places, absent = _places(ask, words[0]) if words else ([], [])
    kept: dict[str, list[str]] = {
        "q": [typed] if typed else [],
        "region": [str(region["region_code"])] if region else [],
        **chosen,
    }
    for facet, values in facets.items():
        for value in values:
            value["address"] = _address(kept, facet, str(value["value"]))
    data: dict[str, object] = {
        "query": typed, "region": region, "chosen": {name: values for name, values in chosen.items() if values},
        "count": count, "bodies": bodies, "places": places, "places_without_reports": absent, "files": files,
        "reports": reports, "facets": facets,
    }  # fmt: skip
    view = {
        "terms": words, "kept": kept, "first": first, "page_rows": PAGE_ROWS, "number": ask.page_number(),
        "pages": -(-count // PAGE_ROWS), "address_of_page": lambda number: _paged(kept, number), "narrowed": narrowed,
    }  # fmt: skip
    return Page("find.html", ask.say("查找", "Find"), data, [_flat(row) for row in reports], view)


_ALL_FIT = " and ".join(f"fits_{facet}" for facet in FACETS)


def _look_into_texts(cursor: duckdb.DuckDBPyConnection, words: list[str]) -> None:
    """Make the table `written`: the documents in whose text any of the words stand, and which of them."""
    if not words:
        return
    stands = [f"contains({_text_for(word)}, $word_{number})" for number, word in enumerate(words)]
    has = ", ".join(f"bool_or({each}) as has_{number}" for number, each in enumerate(stands))
    cursor.execute(
        f"create or replace temp table written as select document_id, {has} from raw.blocks "  # noqa: S608
        f"where {' or '.join(stands)} group by document_id",
        {f"word_{number}": word for number, word in enumerate(words)},
    )


def _text_for(word: str) -> str:
    """The text of a block as a word of small letters is looked for in it: its own letters are made small if need be."""
    return "lower(text)" if any("a" <= each <= "z" for each in word) else "text"


def _judge(
    cursor: duckdb.DuckDBPyConnection, ask: Ask, words: list[str], years: list[str], chosen: dict[str, list[str]]
) -> None:
    """Make the table `judged`: the reports in which every word stands, and which facets each of them fits."""
    fits = ", ".join(
        f"len($chosen_{facet}) = 0 or list_contains($chosen_{facet}, {facet}) as fits_{facet}" for facet in FACETS
    )
    named = [
        f"(contains(lower(agency_name), $word_{number}) or contains(lower(place), $word_{number}) "
        f"or region_code = $word_{number} or list_has_any($latin_{number}, ids))"
        for number in range(len(words))
    ]
    written = [
        f"({name} or document_id in (select document_id from written where has_{number}))"  # noqa: S608
        for number, name in enumerate(named)
    ]
    parameters: dict[str, object] = {
        "region": ask.text("region"), "years": years,
        **{f"chosen_{facet}": values for facet, values in chosen.items()},
        **{f"word_{number}": word for number, word in enumerate(words)},
        **{f"latin_{number}": ask.publication.latin_names(word) for number, word in enumerate(words)},
    }  # fmt: skip
    cursor.execute(
        f"""
        create or replace temp table judged as
        select *, {" and ".join(named) or "false"} as named, {fits}
        from {ask.publication.table("reports_to_find", _REPORTS)}
        where ($region = '' or list_contains(ids, $region)) and (len($years) = 0 or list_contains($years, year))
            and {" and ".join(written) or "true"}
        """,  # noqa: S608 - words and choices are parameters
        parameters,
    )


def _facets(cursor: duckdb.DuckDBPyConnection, ask: Ask) -> dict[str, list[Row]]:
    """For each facet its values with how many reports they have, as the other facets are chosen now."""
    counts = " union all ".join(
        f"select '{facet}' as facet, {facet} as value, count(*) as reports from judged "  # noqa: S608 - our columns
        f"where {' and '.join(f'fits_{other}' for other in FACETS if other != facet) or 'true'} group by all"
        for facet in FACETS
    )
    rows = records(
        cursor,
        f"""
        select counts.*, coalesce(provinces.name, levels.name_zh) as name_zh,
            coalesce(provinces.name, levels.name_en) as name_en
        from ({counts}) as counts
        left join marts.dim_region as provinces on counts.facet = 'province' and counts.value = provinces.region_code
        left join marts.dim_level as levels on counts.facet = 'level' and counts.value = levels.level_code
        order by
            facet, if(facet = 'year', value, '') desc,
            list_position(['hard', 'soft', 'warning', 'info', 'none'], value),
            levels.level_rank, reports desc, value
        """,  # noqa: S608 - names of our own columns
    )
    facets: dict[str, list[Row]] = {facet: [] for facet in FACETS}
    for row in rows:
        facet, value = str(row["facet"]), str(row["value"])
        chosen = value in ask.many(facet)
        name = row["name_en"] if ask.language == "en" else row["name_zh"]
        facets[facet].append({"value": value, "reports": row["reports"], "chosen": chosen, "name": name})
    return facets


def _count(cursor: duckdb.DuckDBPyConnection) -> int:
    row = cursor.execute(f"select count(*) from judged where {_ALL_FIT}").fetchone()  # noqa: S608 - our own columns
    return int(row[0]) if row else 0


def _bodies(cursor: duckdb.DuckDBPyConnection) -> list[Row]:
    """Bodies whose names or places were typed: governments first, from the highest level down."""
    return records(
        cursor,
        f"""
        select agency_id, any_value(agency_name) as agency_name, any_value(place) as place, count(*) as reports,
            min(year) as first_year, max(year) as last_year
        from judged left join marts.dim_level as levels on judged.level = levels.level_code
        where named and {_ALL_FIT} and agency_id is not null
        group by agency_id
        order by
            min(kind = 'government') desc, min(levels.level_rank), reports desc, length(any_value(agency_name)),
            agency_id
        limit {_MOST_NAMES}
        """,  # noqa: S608 - our own columns
    )


def _places(ask: Ask, word: str) -> tuple[list[Row], list[Row]]:
    """Places that are called so and have reports; where there is none, those that have no report."""
    found = places_called(ask, word)
    if found:
        return found[:_MOST_NAMES], []
    absent = ask.publication.rows(_PLACES_WITHOUT, {"word": word, "latin": ask.publication.latin_names(word)})
    return [], absent[:_MOST_NAMES]


def _files(cursor: duckdb.DuckDBPyConnection, terms: list[str]) -> list[Row]:
    """Files without a report whose name or title, or text, holds every word."""
    words = [term for term in terms if not _YEAR.fullmatch(term)]
    has = {word: f"coalesce(written.has_{number}, false)" for number, word in enumerate(words)}
    name = "lower(concat_ws(' ', source_file, archive_member, if(state = 'other', detail, null)))"
    fits = [f"(contains({name}, $term_{number}) or {has.get(term, 'false')})" for number, term in enumerate(terms)]
    joined = "left join written on files.document_id = written.document_id" if words else ""
    return records(
        cursor,
        f"select files.* exclude (document_id), count(*) over () as found from ({_FILES}) as files {joined} "  # noqa: S608
        f"where {' and '.join(fits)} order by source_file, archive_member limit {_MOST_NAMES}",
        {f"term_{number}": term for number, term in enumerate(terms)},
    )


def _region(ask: Ask, code: str) -> Row | None:
    """The place that the search is narrowed to."""
    query = "select region_code, name, level_code from marts.dim_region where region_code = $code"
    return ask.publication.row(query, {"code": code}) if code else None


def _add_snippets(cursor: duckdb.DuckDBPyConnection, reports: list[Row], words: list[str]) -> None:
    """Put beside each report the first words of its text that were typed, with what stands around them."""
    found = (
        []
        if not words
        else records(
            cursor,
            """
        with blocks as (
            select document_id, block_no, text, list_filter($words, lambda word: contains(lower(text), word)) as words
            from raw.blocks
            where document_id in (select unnest($documents))
        ),
        first_found as (
            select document_id, word, arg_min(text, block_no) as text, min(block_no) as block_no
            from blocks, unnest(words) as found (word)
            group by document_id, word
        )
        select document_id, word, block_no, text, strpos(lower(text), word) - 1 as place from first_found
        order by document_id, block_no, word
        """,
            {"words": words, "documents": [row["document_id"] for row in reports]},
        )
    )
    for report in reports:
        report["words"] = [_snippet(row) for row in found if row["document_id"] == report["document_id"]]


def _snippet(row: Row) -> Row:
    text, word, place = str(row["text"]), str(row["word"]), int(str(row["place"]))
    start, end = max(0, place - SNIPPET), place + len(word)
    return {
        "block_no": row["block_no"],
        "before": ("…" if start else "") + text[start:place],
        "found": text[place:end],
        "after": text[end : end + SNIPPET] + ("…" if len(text) > end + SNIPPET else ""),
    }


def _flat(row: Row) -> Row:
    """A report as a row of csv: the words found as one text."""
    snippets = row["words"] if isinstance(row["words"], list) else []
    texts = ["".join(str(each[part]) for part in ("before", "found", "after")) for each in snippets]
    return {
        **{name: value for name, value in row.items() if name not in {"words", "named"}},
        "words": " … ".join(texts),
    }


def _address(kept: dict[str, list[str]], facet: str, value: str) -> str:
    """The address of the same search with a value of a facet chosen, or no longer chosen."""
    values = kept[facet]
    changed = [each for each in values if each != value] if value in values else [*values, value]
    return "/find?" + urlencode({**kept, facet: changed}, doseq=True)


def _paged(kept: dict[str, list[str]], number: int) -> str:
    return "/find?" + urlencode({**kept, "page": [str(number)]}, doseq=True)
