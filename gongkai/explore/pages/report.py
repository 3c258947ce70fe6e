"""A report's page: its figures beside its own text, each marked in the other."""

from __future__ import annotations

from gongkai.explore.answers import MAIN, Ask, Page, not_found
from gongkai.explore.library import Row
from gongkai.explore.report_text import Part, pieces, report_text

_REPORT = """
    select reports.*, regions.name as region_name, regions.province_name, regions.prefecture_name, regions.county_name,
        levels.name_zh as level_zh, levels.name_en as level_en, documents.media_type, documents.page_count,
        documents.ocr_used, documents.manifest_url,
        if(agency_kind = 'government', years.government_deadline_on, years.department_deadline_on) as deadline_on
    from marts.dim_report as reports
    inner join raw.documents as documents on reports.document_id = documents.document_id
    left join marts.dim_region as regions on reports.region_code = regions.region_code
    left join marts.dim_level as levels on reports.level_code = levels.level_code
    left join marts.dim_year as years on reports.year = years.year
    where reports.report_id = $report_id
"""

# Every reading, with the findings that concern it; readings that were not chosen follow those that were.
FIGURES = """
    with concerned as (
        select observation_id, list(finding_id order by finding_id) as finding_ids
        from (
            select finding_id, unnest(observation_ids) as observation_id
            from marts.findings where report_id = $report_id
        )
        group by observation_id
    )
    select
        observations.observation_id, observations.indicator_code, indicators.name_zh, indicators.name_en,
        indicators.fact_table, indicators.parent_code, observations.applicant_type, observations.category_label,
        observations.value, observations.unit, observations.qualifier, observations.basis, observations.confidence,
        observations.is_selected, observations.original_value, observations.correction_reason, observations.rule_id,
        observations.block_no, observations.table_no, observations.row_no, observations.col_no, observations.page,
        observations.evidence_text, observations.char_start, observations.char_end, observations.document_id,
        concerned.finding_ids
    from marts.observations as observations
    inner join marts.dim_indicator as indicators on observations.indicator_code = indicators.indicator_code
    left join concerned on observations.observation_id = concerned.observation_id
    where observations.report_id = $report_id
    order by
        list_position(
            ['fct_disclosures', 'fct_applications', 'fct_appeals', 'fct_fees', 'fct_staffing'], indicators.fact_table
        ),
        indicators.rowid, observations.applicant_type != 'all', observations.table_no, observations.row_no,
        observations.col_no, observations.block_no, observations.char_start, observations.observation_id
"""

FINDINGS = """
    select findings.*, checks.name_zh, checks.name_en
    from marts.findings as findings
    left join marts.dim_check as checks on findings.check_code = checks.check_code
    where report_id = $report_id
    order by list_position(['hard', 'soft', 'warning', 'info'], findings.severity), findings.check_code, finding_id
"""

_OTHER_VERSIONS = """
    select report_id, year, scope, form, version_no, is_current, published_on
    from marts.dim_report
    where agency_id = $agency_id and report_id != $report_id
        and year is not distinct from $year
    order by scope, version_no desc
"""


# Where each chosen figure stands on the pages: its cell, or its paragraph.
_FRAMES = """
    with places as (
        select document_id, block_no, null::integer as table_no, null::integer as row_no, null::integer as col_no, page,
            box_left, box_top, box_right, box_bottom
        from raw.blocks
        union all
        select document_id, null, table_no, row_no, col_no, page, box_left, box_top, box_right, box_bottom
        from raw.table_cells
    )
    select list(observations.observation_id order by observations.observation_id) as observation_ids, places.page,
        places.box_left, places.box_top, places.box_right, places.box_bottom
    from marts.observations as observations
    inner join places
        on observations.document_id = places.document_id
        and observations.block_no is not distinct from places.block_no
        and observations.table_no is not distinct from places.table_no
        and observations.row_no is not distinct from places.row_no
        and observations.col_no is not distinct from places.col_no
    where observations.report_id = $report_id and observations.is_selected and places.document_id = $document_id
        and places.box_left is not null
    group by all
    order by places.page, places.box_top, places.box_left
"""

_NAMES = "select indicator_code, name_zh, name_en from marts.dim_indicator"


def report(ask: Ask) -> Page:
    """A report, its figures, its findings and its text."""
    report_id = ask.path("report_id")
    head = ask.publication.row(_REPORT, {"report_id": report_id})
    if head is None:
        raise not_found(ask.say("没有这份报告", "there is no such report"))
    figures = ask.publication.rows(FIGURES, {"report_id": report_id})
    findings = ask.publication.rows(FINDINGS, {"report_id": report_id})
    numbers = _numbers(ask, report_id)
    others = ask.publication.rows(_OTHER_VERSIONS, {name: head[name] for name in ("agency_id", "report_id", "year")})
    document = {"report_id": report_id, "document_id": head["document_id"]}
    frames = ask.publication.rows(_FRAMES, document)
    sizes = ask.pictures.sizes(str(head["document_id"]), str(head["media_type"]))
    shows_pages = bool(sizes) and ask.text("view") == "pages"
    words = [word.lower() for word in ask.text("q").split()]
    text = [] if shows_pages else _texts(ask, head, figures, numbers, words)
    data: dict[str, object] = {
        "report": head, "figures": figures, "findings": findings, "numbers": numbers, "other_reports": others,
        "frames": frames,
    }  # fmt: skip
    view = {
        "groups": _groups(figures, ask), "text": text,
        "unread": [row for row in numbers if row["outcome"] == "unread"],
        "counts": _counts(figures, findings), "region": head, "sizes": sizes, "shows_pages": shows_pages,
        "main": _main(figures, ask),
    }  # fmt: skip
    title = f"{head['agency_name'] or ask.say('未知机构', 'unknown body')} {head['year'] or ''}"
    return Page("report.html", title, data, figures, view)


def _texts(ask: Ask, head: Row, figures: list[Row], numbers: list[Row], words: list[str]) -> list[Part]:
    """The report's own text, and behind it that of files that hold a table of it."""
    first = head["document_id"]
    others = ask.publication.rows(
        "select document_id, source_file, archive_member from marts.dim_document "
        "where list_contains($documents, document_id) order by source_file, archive_member",
        {"documents": list({row["document_id"] for row in figures} - {first})},
    )
    parts: list[Part] = []
    for number, document in enumerate([head, *others]):
        own = document["document_id"]
        if number:
            name = " › ".join(str(document[part]) for part in ("source_file", "archive_member") if document[part])
            parts.append(Part("file", "", None, pieces(name, ())))
        parts += report_text(
            ask, str(own), [row for row in figures if row["document_id"] == own],
            [row for row in numbers if row["document_id"] == own], words, f"d{number}-" if number else "",
        )  # fmt: skip
    return parts


def _numbers(ask: Ask, report_id: str) -> list[Row]:
    """What became of each number of the report, where the publication accounts for them."""
    return ask.publication.rows(
        "select * from marts.quantities where report_id = $report_id order by all", {"report_id": report_id}
    )


def _groups(figures: list[Row], ask: Ask) -> list[dict[str, object]]:
    """The chosen figures by subject; those by applicant or category stand under their own figure."""
    groups: dict[str, list[dict[str, object]]] = {}
    by_key: dict[tuple[str, str], dict[str, object]] = {}
    for figure in figures:
        if not figure["is_selected"]:
            continue
        fact, code = str(figure["fact_table"]), str(figure["indicator_code"])
        entry = by_key.get((fact, code))
        if entry is None:
            entry = {
                "code": code,
                "name": figure["name_en" if ask.language == "en" else "name_zh"],
                "main": None,
                "parts": [],
            }
            by_key[fact, code] = entry
            groups.setdefault(fact, []).append(entry)
        parts = entry["parts"]
        assert isinstance(parts, list)
        if figure["applicant_type"] == "all" and not figure["category_label"]:
            entry["main"] = figure
        else:
            parts.append(figure)
    return [{"fact": fact, "entries": entries} for fact, entries in groups.items()]


def _main(figures: list[Row], ask: Ask) -> list[Row]:
    """The figures that most people look for: those that are stated, and of the first two that they are not."""
    chosen = {
        str(row["indicator_code"]): row
        for row in figures
        if row["is_selected"] and row["applicant_type"] == "all" and not row["category_label"]
    }
    known = {str(row["indicator_code"]): row for row in ask.publication.kept_rows(_NAMES)}
    return [
        {**known[code], "figure": chosen.get(code)}
        for number, code in enumerate(MAIN)
        if code in known and (number < 2 or code in chosen)
    ]


def _counts(figures: list[Row], findings: list[Row]) -> dict[str, int]:
    chosen = [row for row in figures if row["is_selected"]]
    return {
        "figures": len(chosen),
        "inexact": sum(row["qualifier"] != "exact" for row in chosen),
        "doubtful": sum(row["confidence"] == "doubtful" for row in chosen),
        "corrected": sum(row["correction_reason"] is not None for row in chosen),
        "hard": sum(row["severity"] == "hard" and row["verdict"] is None for row in findings),
    }
