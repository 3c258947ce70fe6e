"""The report builder: bodies x years x indicators as a table to download, with marks and sources in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import duckdb
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from gongkai.explore.answers import FACTS, LEVELS, PROVINCES, Ask, Page, not_found
from gongkai.explore.library import Row
from gongkai.export.csv_files import write_csv
from gongkai.export.first_sheet import about
from gongkai.export.labels import Labels, Language
from gongkai.export.marts import Column
from gongkai.export.parquet_files import write_parquet
from gongkai.export.workbook import write_workbook
from gongkai.export.workbook_sheets import table_sheet
from gongkai.warehouse.sql import quoted, records

SHOWN_ROWS = 50
MOST_INDICATORS = 40
MOST_BODIES = 200
FILES = ("xlsx", "csv", "parquet")

_FIRST_INDICATORS = ["application.received", "application.outcome.granted", "application.outcome.refused"]

_HEAD = {
    "report_id": ("报告编号", "VARCHAR", "Identifies the report."),
    "agency_name": ("机构名称", "VARCHAR", "Name of the body that reports."),
    "province_name": ("省份", "VARCHAR", "Province."),
    "place": ("行政区划", "VARCHAR", "Name of the region."),
    "region_code": ("行政区划代码", "VARCHAR", "Code of the region."),
    "level_code": ("层级代码", "VARCHAR", "Level of government."),
    "year": ("年度", "INTEGER", "Year reported on."),
    "scope": ("数据范围", "VARCHAR", "own: the body alone; aggregate: with what lies below it."),
    "form": ("报告格式", "VARCHAR", "Form of the report."),
    "source_file": ("来源文件", "VARCHAR", "The file."),
}

# Current reports that were chosen.
_REPORTS = """
    select reports.report_id, reports.agency_name, regions.province_name, regions.name as place,
        reports.region_code, reports.level_code, reports.year, reports.scope, reports.form, reports.source_file,
        reports.document_id
    from marts.dim_report as reports
    left join marts.dim_region as regions on reports.region_code = regions.region_code
    where reports.is_current and reports.year between $from_year and $to_year
        and (len($bodies) = 0 or list_contains($bodies, reports.agency_id))
        and $province in ('', regions.province_code) and $level in ('', reports.level_code)
        and $kind in ('', reports.agency_kind)
    order by reports.year, reports.region_code, reports.agency_name, reports.report_id
"""

# The figures beside each report, one set of columns an indicator. The words of a cell are a number alone: the longest
# text on its left, in its row, says what it counts.
_TABLE = """
    create or replace temp table built as
    with reports as materialized (
        {reports} {limit}
    ),
    chosen as materialized (
        select observations.* from marts.observations as observations
        inner join reports on observations.report_id = reports.report_id
        where observations.is_selected and observations.applicant_type = 'all'
            and observations.category_label is null and list_contains($indicators, observations.indicator_code)
    ),
    labels as (
        select chosen.observation_id, arg_max(cells.text, length(cells.text)) as label
        from chosen
        inner join raw.table_cells as cells
            on chosen.document_id = cells.document_id and chosen.table_no = cells.table_no
            and chosen.row_no between cells.row_no and cells.row_no + cells.row_span - 1
            and cells.col_no < chosen.col_no
        where regexp_matches(cells.text, '\\p{{Han}}')
        group by chosen.observation_id
    ),
    figures as (
        select report_id, indicator_code, value,
            nullif(concat_ws(
                '; ', nullif(qualifier, 'exact'), if(confidence = 'doubtful', confidence, null),
                if(correction_reason is null, null, 'corrected: ' || correction_reason)
            ), '') as mark,
            concat_ws(
                ', ', 'p. ' || page,
                'table ' || table_no || ' row ' || row_no || ' column ' || col_no,
                if(table_no is null, 'paragraph ' || block_no, null),
                concat_ws('：', trim(regexp_replace(labels.label, '\\s+', ' ', 'g')), evidence_text)
            ) as source
        from chosen
        left join labels on chosen.observation_id = labels.observation_id
    )
    select reports.* exclude (document_id){columns}
    from reports
    left join figures on reports.report_id = figures.report_id
    group by all
    order by reports.year, reports.region_code, reports.agency_name, reports.report_id
"""


def table(ask: Ask) -> Page:
    """The choices, and the first rows of the table."""
    chosen = _chosen(ask)
    with ask.publication.cursor() as cursor:
        columns = _build(cursor, chosen, f"limit {SHOWN_ROWS}")
        rows = records(cursor, "from built")
        used = {name: value for name, value in chosen.items() if name != "indicators"}
        count = cursor.execute(f"select count(*) from ({_REPORTS})", used).fetchall()[0][0]  # noqa: S608 - one of ours
    known = ask.publication.kept_rows(
        "select indicator_code, name_zh, name_en, unit, fact_table from marts.dim_indicator order by rowid"
    )
    bodies = ask.publication.rows(
        "select agency_id, agency_name from marts.dim_agency where list_contains($ids, agency_id) order by agency_name",
        {"ids": chosen["bodies"]},
    )
    data: dict[str, object] = {
        "chosen": chosen, "count": count, "columns": [column.name for column in columns], "rows": rows,
    }  # fmt: skip
    groups: dict[str, list[Row]] = {fact: [] for fact in FACTS}
    for row in known:
        groups.setdefault(str(row["fact_table"]), []).append(row)
    view = {
        "groups": groups, "bodies": bodies,
        "levels": ask.publication.kept_rows(LEVELS), "provinces": ask.publication.kept_rows(PROVINCES),
        "download": lambda kind: f"/download.{kind}?" + urlencode(ask.request.query_params.multi_items()),
        "figures": [row for code in _indicators(chosen) for row in known if row["indicator_code"] == code],
        "column_of": _column,
    }  # fmt: skip
    return Page("table.html", ask.say("制表", "Tables"), data, rows, view)


def download(ask: Ask, kind: str) -> Response:
    """The whole table as a file, by the writers of `gongkai export`."""
    if kind not in FILES:
        raise not_found(kind)
    with tempfile.NamedTemporaryFile(prefix="gongkai-table-", suffix=f".{kind}", delete=False) as file:
        target = Path(file.name)
    try:
        with ask.publication.cursor() as cursor:
            columns = _build(cursor, _chosen(ask))
            _WRITERS[kind](cursor, columns, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return FileResponse(target, filename=f"gongkai-table.{kind}", background=BackgroundTask(target.unlink))


def _write_xlsx(cursor: duckdb.DuckDBPyConnection, columns: list[Column], target: Path) -> None:
    headings = {name: heading for name, (heading, _, _) in _HEAD.items()}
    headings |= {column.name: column.description.split(". ", 1)[0] for column in columns if column.name not in headings}
    sheet = table_sheet(
        "数据", "from built", columns, headings,
        "每份现行报告一行：每个数字旁边是它的标记（约数、存疑、更正）和出处。",
    )  # fmt: skip
    write_workbook(cursor, target, [sheet], Labels(cursor, Language.ZH), about(cursor))


_WRITERS: dict[str, Callable[[duckdb.DuckDBPyConnection, list[Column], Path], object]] = {
    "xlsx": _write_xlsx,
    "csv": lambda cursor, _, target: write_csv(cursor, "from built", target),
    "parquet": lambda cursor, _, target: write_parquet(cursor, "from built", target),
}


def _chosen(ask: Ask) -> dict[str, object]:
    return {
        "bodies": ask.many("b", MOST_BODIES), "indicators": ask.many("i", MOST_INDICATORS) or _FIRST_INDICATORS,
        "from_year": ask.year("from") or 2008, "to_year": ask.year("to") or 2100, "province": ask.text("province"),
        "level": ask.text("level"), "kind": ask.text("kind"),
    }  # fmt: skip


def _indicators(chosen: dict[str, object]) -> list[str]:
    codes = chosen["indicators"]
    return [str(code) for code in codes] if isinstance(codes, list) else []


def _column(code: str) -> str:
    return code.replace(".", "_")


def _build(cursor: duckdb.DuckDBPyConnection, chosen: dict[str, object], limit: str = "") -> list[Column]:
    """Make the table `built`; its columns. Only indicators that the publication knows become columns."""
    known = {
        str(row["indicator_code"]): row
        for row in records(
            cursor,
            "select indicator_code, name_zh, name_en, unit from marts.dim_indicator "
            "where list_contains($codes, indicator_code)",
            {"codes": chosen["indicators"]},
        )
    }
    codes = [code for code in _indicators(chosen) if code in known]
    columns = [Column(name, kind, description) for name, (_, kind, description) in _HEAD.items()]
    made: list[str] = []
    parameters = dict(chosen)
    for number, code in enumerate(codes):
        parameters[f"code_{number}"] = code
        name, unit = str(known[code]["name_zh"]), known[code]["unit"]
        for end, value, kind, heading in (
            ("", "value", "DECIMAL(20,4)", f"{name}. In {unit}; empty where the report does not state it."),
            ("_mark", "mark", "VARCHAR", f"{name}：标记. Approximate, doubtful, corrected; empty where none is."),
            ("_source", "source", "VARCHAR", f"{name}：出处. Where it stands, label of its row, and its words."),
        ):
            column = _column(code) + end
            columns.append(Column(column, kind, heading))
            made.append(f", max(figures.{value}) filter (figures.indicator_code = $code_{number}) as {quoted(column)}")
    cursor.execute(_TABLE.format(reports=_REPORTS, limit=limit, columns="".join(made)), parameters)
    return columns
