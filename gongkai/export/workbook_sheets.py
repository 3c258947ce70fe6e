"""What stands in the workbook: each sheet with its query and the headings that people read."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from gongkai.export.marts import Column, columns, table_description
from gongkai.warehouse.published import tables

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
    "verdict": "结论", "verdict_note": "结论说明",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, the query for its rows, and a heading and a description for each column."""

    name: str
    query: str
    headings: dict[str, str] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    description: str = ""


def sheets(connection: duckdb.DuckDBPyConnection) -> list[Sheet]:
    """All sheets that hold data, aggregates first. Marts that are not there are left out."""
    there = set(tables(connection))
    facts = [_mart(connection, table) for table in NAMES if table in there]
    return [_by_region(connection), _by_level(connection), *facts]


def _mart(connection: duckdb.DuckDBPyConnection, table: str) -> Sheet:
    """A mart as a sheet, with the names of agency and region beside their codes."""
    own = columns(connection, table)
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
    order = ", ".join(f"mart.{key}" for key in keys) or "all"
    return Sheet(
        name=NAMES[table],
        query=f"select {ahead}mart.* from marts.{table} as mart{joins} order by {order}",  # noqa: S608 - plain names
        headings=_HEADINGS | indicators,
        columns=[*added, *own],
        description=table_description(connection, table),
    )


def _by_region(connection: duckdb.DuckDBPyConnection) -> Sheet:
    keys = {
        "reports.region_code": Column("region_code", "VARCHAR", "Code of the region."),
        "regions.name": Column("region_name", "VARCHAR", "Name of the region (dim_region)."),
    }
    return _aggregate(connection, "地区×年度", "One row a region, level, year, kind of agency and scope", keys)


def _by_level(connection: duckdb.DuckDBPyConnection) -> Sheet:
    return _aggregate(connection, "层级×年度", "One row a level, year, kind of agency and scope", {})


def _aggregate(connection: duckdb.DuckDBPyConnection, name: str, grain: str, keys: dict[str, Column]) -> Sheet:
    """Sums of the main indicators over reports whose figures stand in no other one (additive_reports).

    A government's report often holds the sums of the departments and places below it: added to theirs, every figure
    would count twice. Beside each sum stands how many reports state the figure, as the others are not zeros.
    """
    by = keys | {
        "reports.level_code": Column("level_code", "VARCHAR", "Level of government."),
        "reports.year": Column("year", "INTEGER", "Year reported on."),
        "reports.agency_kind": Column("agency_kind", "VARCHAR", "government, department or other."),
        "reports.scope": Column("scope", "VARCHAR", "own: the agency alone; aggregate: with bodies below it."),
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
        stated = f"(stated.value) filter (where stated.indicator_code = '{code}')"
        measures += [f"sum{stated} as {column}", f"count{stated} as {column}_reports"]
        headings |= {column: name_zh, f"{column}_reports": f"{name_zh}（填报份数）"}
        described += [
            Column(column, "DECIMAL(38,4)", f"Sum of {code} in {unit}; empty where no report states it."),
            Column(f"{column}_reports", "BIGINT", f"Number of reports that state {code}."),
        ]
    query = f"""
        select {", ".join(f"{expression} as {column.name}" for expression, column in by.items())},
            {", ".join(measures)}
        from marts.dim_report as reports
        inner join marts.additive_reports as additive on reports.report_id = additive.report_id
        left join (
            select * from marts.observations
            where is_selected and applicant_type = 'all' and category_label is null
        ) as stated on reports.report_id = stated.report_id
        {"left join marts.dim_region as regions on reports.region_code = regions.region_code" if keys else ""}
        group by {", ".join(by)}
        order by {", ".join(by)}
    """  # noqa: S608 - codes of our own seed
    return Sheet(
        name=name,
        query=query,
        headings=headings,
        columns=[*by.values(), *described],
        description=(
            f"{grain}: sums over current reports whose figures stand in no other one, and how many of them state each "
            "figure. No figure counts twice, in a row or over rows; the reports left out stand in the sheets below."
        ),
    )


def _indicator_headings(connection: duckdb.DuckDBPyConnection, every: list[Column]) -> dict[str, str]:
    """Column names of a fact table and the Chinese names of their indicators, which their descriptions begin with."""
    rows = connection.execute("select name_zh from marts.dim_indicator").fetchall()
    known = {name_zh for (name_zh,) in rows}
    beginnings = {column.name: column.description.split(". ", 1)[0] for column in every}
    return {name: beginning for name, beginning in beginnings.items() if beginning in known}
