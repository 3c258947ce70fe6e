"""What stands in the workbook: each sheet with its query and the headings that people read."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from gongkai.export.marts import Column, columns, table_description
from gongkai.warehouse.published import tables
from gongkai.warehouse.sql import literal

NAMES: dict[str, str] = {
    "dim_report": "报告",
    "fct_disclosures": "主动公开",
    "fct_disclosures_by_category": "主动公开分类",
    "fct_applications": "依申请公开",
    "fct_applications_by_applicant": "依申请公开（申请人）",
    "fct_appeals": "复议诉讼",
    "fct_fees": "收费",
    "fct_staffing": "机构人员",
    "findings": "核查",
}
"""The marts that become sheets, in their order, and the names of the sheets."""

# The headings of columns that no indicator names.
_HEADINGS: dict[str, str] = {
    "report_id": "报告编号", "agency_id": "机构编号", "agency_name": "机构名称", "agency_kind": "机构类别",
    "region_code": "行政区划代码", "region_name": "行政区划", "level_code": "层级代码", "level_name": "层级",
    "year": "年度", "scope": "数据范围", "source_file": "来源文件", "document_id": "文档编号",
    "applicant_type": "申请人类型", "category_label": "信息类别", "item_count": "条数", "qualifier": "精确程度",
    "period_start": "统计起始日", "period_end": "统计截止日", "period_basis": "统计期依据",
    "published_on": "发布日期", "published_at": "发布时间", "same_as_report_id": "同一版本的首份报告编号",
    "withdrawn_at": "撤回时间", "form": "报告格式", "version_no": "版本号", "is_current": "是否现行",
    "finding_id": "核查编号", "check_code": "核查规则", "severity": "严重程度", "expected": "应为", "actual": "实为",
    "difference": "差额", "message_zh": "说明", "message_en": "说明（英文）", "observation_ids": "相关数据编号",
    "report_count": "报告数", "archive_member": "压缩包内路径", "agency_source": "机构名称出处",
    "agency_evidence": "机构名称原文", "agency_strength": "机构把握", "region_evidence": "区划依据",
    "region_strength": "区划把握", "year_evidence": "年度依据", "year_strength": "年度把握",
    "year_contradicted_by": "其他年度", "published_evidence": "发布日期出处", "blank_count": "空白单元格数",
    "verdict": "结论", "verdict_note": "结论说明", "inexact_indicators": "非精确的列",
    "doubtful_indicators": "存疑的列", "entity_id": "沿革机构编号", "body_no": "沿革序号",
    "period_is_whole_year": "是否全年数据", "containment": "包含依据",
}  # fmt: skip


NOTE_KEYS = ("report_id", "applicant_type", "category_label")
"""The columns that tell which row of a sheet a note is on."""

Notes = dict[tuple[object, ...], dict[str, str]]

_SURENESS = {"about": "约数", "at_least": "不少于", "at_most": "不超过"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, the query for its rows, and a heading and a description for each column."""

    name: str
    query: str
    headings: dict[str, str] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    description: str = ""
    notes: Notes = field(default_factory=dict)
    """Notes on cells, by the values of NOTE_KEYS that the sheet has (None for the others) and the column."""


def sheets(connection: duckdb.DuckDBPyConnection) -> list[Sheet]:
    """All sheets that hold data, aggregates first. Marts that are not there are left out."""
    there = set(tables(connection))
    facts = [_mart(connection, table) for table in NAMES if table in there]
    return [_by_region(connection), _by_level(connection), *facts]


def _mart(connection: duckdb.DuckDBPyConnection, table: str) -> Sheet:
    """A mart as a sheet, with the names of agency and region beside their codes."""
    every = columns(connection, table)
    former = [column.name for column in every if column.description.startswith("Former name of ")]
    own = [column for column in every if column.name not in former]
    names = {column.name for column in own}
    indicators = _indicator_headings(connection, own)
    added: list[Column] = []
    joins = ""
    keys = [name for name in ("year", "region_code", "report_id", "check_code", "applicant_type") if name in names]
    if "report_id" in names and "agency_name" not in names:
        added.append(Column("agency_name", "VARCHAR", "Name of the agency that reports (dim_report)."))
        joins += " left join marts.dim_report as reports on mart.report_id = reports.report_id"
    if "region_code" in names:
        added.append(Column("region_name", "VARCHAR", "Name of the region (dim_region)."))
        joins += " left join marts.dim_region as regions on mart.region_code = regions.region_code"
    sources = {"agency_name": "reports.agency_name", "region_name": "regions.name as region_name"}
    ahead = "".join(f"{sources[column.name]}, " for column in added)
    left_out = f" exclude ({', '.join(former)})" if former else ""
    order = ", ".join(f"mart.{key}" for key in keys) or "all"
    return Sheet(
        name=NAMES[table],
        query=f"select {ahead}mart.*{left_out} from marts.{table} as mart{joins} order by {order}",  # noqa: S608 - plain names
        headings=_HEADINGS | indicators,
        columns=[*added, *own],
        description=table_description(connection, table),
        notes=_notes(connection, own, indicators),
    )


def _notes(connection: duckdb.DuckDBPyConnection, own: list[Column], indicators: dict[str, str]) -> Notes:
    """What a fact table has that is not exact or was not read for sure, with the words of the report."""
    names = {column.name for column in own}
    if "inexact_indicators" not in names:
        return {}
    columns_of = {heading: name for name, heading in indicators.items()}
    rows = connection.execute(
        """
        select observations.report_id, nullif(observations.applicant_type, 'all'), observations.category_label,
            dim_indicator.name_zh, observations.qualifier, observations.confidence = 'doubtful',
            observations.evidence_text
        from marts.observations as observations
        inner join marts.dim_indicator as dim_indicator on observations.indicator_code = dim_indicator.indicator_code
        where observations.is_selected and (observations.qualifier != 'exact' or observations.confidence = 'doubtful')
            and (observations.applicant_type != 'all') = ? and (observations.category_label is not null) = ?
        """,
        ["applicant_type" in names, "category_label" in names],
    ).fetchall()
    notes: Notes = {}
    for report_id, applicant_type, category, name_zh, qualifier, is_doubtful, words in rows:
        column = "item_count" if category is not None else columns_of.get(name_zh)
        if column is not None:
            said = [*([_SURENESS[qualifier]] if qualifier in _SURENESS else []), *(["读取存疑"] if is_doubtful else [])]
            notes.setdefault((report_id, applicant_type, category), {})[column] = f"{'、'.join(said)}。原文：{words}"
    return notes


_WITHIN_LEVEL = "select report_id from marts.report_overlaps where counts_in_level"
_OVER_ALL_LEVELS: dict[str | None, str] = {
    "all": "select report_id from marts.additive_reports",
    "all_if_contained": "select report_id from marts.additive_reports where containment is null",
}
"""What stands for the level in rows that add up all levels, and the reports that they add up."""


def _by_region(connection: duckdb.DuckDBPyConnection) -> Sheet:
    keys = {
        "reports.region_code": Column("region_code", "VARCHAR", "Code of the region."),
        "regions.name": Column("region_name", "VARCHAR", "Name of the region (dim_region)."),
    }
    description = (
        "One row a region, level, year, kind of agency and scope, for each region that reported: sums over the reports "
        "of its own bodies (not of the places below), one of each body, a department's standing in its government's. "
        "A region's figures may hold those of the places below: add rows of one level only."
    )
    return _aggregate(connection, "地区×年度", keys, {None: _WITHIN_LEVEL}, description)


def _by_level(connection: duckdb.DuckDBPyConnection) -> Sheet:
    description = (
        "One row a level, year, kind of agency and scope: sums over one report of each body of the level, "
        "departments standing in their governments'. Levels hold one another and are not to be added: the rows all add "
        "up all levels with no figure twice, and all_if_contained does so as if every report that does not say what it "
        "is of were of its whole area."
    )
    return _aggregate(connection, "层级×年度", {}, {None: _WITHIN_LEVEL, **_OVER_ALL_LEVELS}, description)


def _aggregate(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    keys: dict[str, Column],
    counted: dict[str | None, str],
    description: str,
) -> Sheet:
    """Sums of the main indicators over the reports that are `counted`, a query each: of each level by itself (None), or
    of all levels together under the name given.

    Beside each sum stands how many reports state the figure, as the others are not zeros.
    """
    by = keys | {
        "reports.level_code": Column("level_code", "VARCHAR", "Level of government, or all levels together."),
        "reports.year": Column("year", "INTEGER", "Year reported on."),
        "reports.agency_kind": Column(
            "agency_kind", "VARCHAR", "government, department or other; empty over all levels."
        ),
        "reports.scope": Column(
            "scope", "VARCHAR", "own: the agency alone; aggregate: with bodies below it; empty over all levels."
        ),
    }
    headings = dict(_HEADINGS)
    measures: list[str] = ["count(distinct reports.report_id) as report_count"]
    described = [Column("report_count", "BIGINT", "Number of reports added up.")]
    indicators = connection.execute(
        "select indicator_code, name_zh, unit from marts.dim_indicator "
        "where parent_code is null and indicator_code != 'disclosure.by_category' order by fact_table, indicator_code"
    ).fetchall()
    for code, name_zh, unit in indicators:
        column = code.replace(".", "_")
        stated = f"(stated.value) filter (where stated.indicator_code = {literal(code)})"
        measures += [f"sum{stated} as {column}", f"count{stated} as {column}_reports"]
        headings |= {column: name_zh, f"{column}_reports": f"{name_zh}（填报份数）"}
        described += [
            Column(column, "DECIMAL(38,4)", f"Sum of {code} in {unit}; empty where no report states it."),
            Column(f"{column}_reports", "BIGINT", f"Number of reports that state {code}."),
        ]

    def summed(level: str | None, reports: str) -> str:
        over_all = {"reports.level_code": literal(level), "reports.agency_kind": "null", "reports.scope": "null"}
        groups = {
            column.name: over_all.get(expression, expression) if level else expression
            for expression, column in by.items()
        }
        return f"""
            select {", ".join(f"{expression} as {group}" for group, expression in groups.items())},
                {", ".join(measures)}
            from marts.dim_report as reports
            inner join ({reports}) as counted on reports.report_id = counted.report_id
            left join (
                select * from marts.observations
                where is_selected and applicant_type = 'all' and category_label is null
            ) as stated on reports.report_id = stated.report_id
            {"left join marts.dim_region as regions on reports.region_code = regions.region_code" if keys else ""}
            group by {", ".join(group for group in by if not (level and group in over_all))}
        """  # noqa: S608 - codes of our own seed

    order = ", ".join(column.name for column in by.values())
    return Sheet(
        name=name,
        query=" union all ".join(summed(level, reports) for level, reports in counted.items()) + f" order by {order}",
        headings=headings,
        columns=[*by.values(), *described],
        description=description,
    )


def _indicator_headings(connection: duckdb.DuckDBPyConnection, every: list[Column]) -> dict[str, str]:
    """Column names of a fact table and the Chinese names of their indicators, which their descriptions begin with."""
    rows = connection.execute("select name_zh from marts.dim_indicator").fetchall()
    known = {name_zh for (name_zh,) in rows}
    beginnings = {column.name: column.description.split(". ", 1)[0] for column in every}
    return {name: beginning for name, beginning in beginnings.items() if beginning in known}
