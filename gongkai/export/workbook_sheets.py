"""What stands in the workbook: each sheet with its query and its columns as people read them.

Which sheets there are, what their columns are called and where they stand are rows of marts.dim_sheet and
marts.dim_label; what is joined to every sheet (names of regions and bodies, links, marks) is here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from gongkai.export.labels import Label, Labels, Language, Words
from gongkai.export.marts import Column, Columns, columns, every_name, keys
from gongkai.export.sums import SOURCES, Source
from gongkai.warehouse.sql import literal, quoted

_PARTS = ("head", "figure", "remark", "link", "id")
_NO_LABEL = 99
"""The place of figures that no row of dim_label puts anywhere: behind those that one does, as the mart has them."""

_FORMATS = {"DATE": "date", "TIMESTAMP": "time", "BOOLEAN": "truth", "VARCHAR": "text", "VARCHAR[]": "text"}
"""Formats of columns without a label, by their types; the others are numbers."""

_FROM_REPORT = ("agency_name", "agency_kind", "region_code", "level_code", "year", "scope", "form", "source_file")
_FROM_AGENCY = ("agency_name", "agency_kind", "region_code", "level_code")
_FROM_REGION = ("name", "province_name", "prefecture_name", "county_name")
_CALLED = {"name": "region_name"}
"""What columns are called in a sheet, where it is not as in the mart that lends them."""

NOTES = "notes"
"""The last column of a query: what is to be said of cells of the row, a list of structs."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a sheet: its name in the query, heading, part (head, figure, remark, link, id), format, and the words
    for its codes."""

    name: str
    heading: str
    part: str
    format: str
    words: Words
    column: Column

    @property
    def counts(self) -> bool:
        """Whether it counts the reports that state a figure: 0 says no more than that there is none."""
        return self.name.endswith("_reports")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its code and name, the mart that it is of (empty where it is made of several), the query for its rows,
    its columns, and what is said of it."""

    code: str
    name: str
    source: str
    query: str
    columns: list[Shown]
    about: str = ""
    marked: dict[str, str] = field(default_factory=dict)
    """Codes of indicators and the columns that show them: what a note is on. Empty where the rows carry no notes."""


def sheets(
    connection: duckdb.DuckDBPyConnection, labels: Labels | None = None, chosen: Columns | None = None
) -> list[Sheet]:
    """All sheets in their order. Those whose mart is not there are left out, as are columns that were not chosen."""
    labels = labels or Labels(connection, Language.ZH)
    rows = connection.execute(
        "select sheet_code, name_zh, name_en, source, coalesce(condition, 'true'), about_zh, about_en "
        "from marts.dim_sheet order by sheet_no"
    ).fetchall()
    there = every_name(connection)
    every = []
    for code, zh, en, table, condition, about_zh, about_en in rows:
        if table in SOURCES:
            source = SOURCES[table](connection, labels)
        elif table in there:
            source = _of_mart(connection, labels, table)
        else:
            source = None
        if source is not None:
            every.append(
                _Builder(connection, labels, table, source).sheet(
                    code,
                    labels.sheet_name(zh, en),
                    condition,
                    labels.choose(about_zh, about_en),
                    (chosen or {}).get(table),
                )
            )
    return every


def table_sheet(name: str, query: str, own: list[Column], headings: dict[str, str], about: str) -> Sheet:
    """A sheet of a query that is no mart's, with its columns as they come."""
    shown = [
        Shown(column.name, headings.get(column.name, column.name), "figure", _format_of(column), {}, column)
        for column in own
    ]
    return Sheet("data", name, "", query, shown, about)


def _format_of(column: Column) -> str:
    """The format of a column without a label."""
    return "id" if column.name.endswith("_id") else _FORMATS.get(column.type, "number")


def _of_mart(connection: duckdb.DuckDBPyConnection, labels: Labels, table: str) -> Source:
    """A mart as it is, under the names of its indicators, without columns that are there for one more version."""
    own = [column for column in columns(connection, table) if not column.description.startswith("Former name of ")]
    headings = {}
    for column in own:
        indicator = labels.indicator_of(column)
        if indicator is not None:
            headings[column.name] = labels.with_unit(indicator.name_zh, indicator.name_en, indicator.unit)
    return Source(f"from marts.{table}", own, headings)


class _Builder:
    """Puts a sheet together of a source and what belongs to it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, labels: Labels, table: str, source: Source) -> None:
        self.connection = connection
        self.labels = labels
        self.table = table
        self.source = source
        self.own = {column.name: column for column in source.columns}
        self.there = set(every_name(connection))
        self.expressions = {name: f"mart.{name}" for name in self.own}
        self.joins = ""
        self._join()

    def _join(self) -> None:
        """Lend the columns of the report, the body and the region, where the source has not its own."""
        if "report_id" in self.own:
            self._lend("dim_report", "reports", "mart.report_id = reports.report_id", _FROM_REPORT)
            self._lend("reports_wide", "pages", "mart.report_id = pages.report_id", ("source_url",))
            self.expressions["explorer"] = "mart.report_id"
        elif "agency_id" in self.own:
            self._lend("dim_agency", "agencies", "mart.agency_id = agencies.agency_id", _FROM_AGENCY)
        if "region_code" in self.expressions and "parent_code" not in self.own:
            region = self.expressions["region_code"]
            self._lend("dim_region", "regions", f"{region} = regions.region_code", _FROM_REGION)

    def _lend(self, table: str, alias: str, condition: str, names: tuple[str, ...]) -> None:
        if table not in self.there or table == self.table:
            return
        has = {column.name for column in columns(self.connection, table)}
        lent = {
            _CALLED.get(name, name): f"{alias}.{name}"
            for name in names
            if name in has and _CALLED.get(name, name) not in self.expressions
        }
        if lent:
            self.joins += f" left join marts.{table} as {alias} on {condition}"
            self.expressions |= lent

    def sheet(self, code: str, name: str, condition: str, about: str, chosen: set[str] | None) -> Sheet:
        """The sheet with its columns in their places."""
        shown = [each for each in self._columns(code) if chosen is None or each.column.name in chosen]
        fields = ", ".join(f"{self.expressions[each.column.name]} as {quoted(each.name)}" for each in shown)
        noted = self._marked(shown)
        if noted:
            fields += f", notes.{NOTES}"
        query = (
            f"with source as ({self.source.query}), mart as (select * from source where {condition}) "  # noqa: S608
            f"select {fields} from mart{self.joins}{self._notes() if noted else ''} order by {self._order()}"
        )
        return Sheet(code, name, "" if self.table in SOURCES else self.table, query, shown, about, noted)

    def _columns(self, code: str) -> list[Shown]:
        """Columns by part and place; one without a label is a figure. The region's name stands where no body's does."""
        placed: list[tuple[int, int, Label]] = []
        labelled = set()
        for label in self.labels.of_sheet(code, self.table):
            if label.column in self.expressions:
                labelled.add(label.column)
                if label.part != "none":
                    placed.append((_PARTS.index(label.part), label.part_no, label))
        if any(label.column == "agency_name" for *_, label in placed):
            placed = [each for each in placed if each[2].column != "region_name"]
        for column in self.source.columns:
            if column.name not in labelled:
                heading = self.source.headings.get(column.name, column.name)
                kind = _format_of(column)
                placed.append(
                    (_PARTS.index("figure"), _NO_LABEL, Label(column.name, "figure", _NO_LABEL, heading, kind))
                )
        headings = {label.column: label.heading for *_, label in placed}
        shown: list[Shown] = []
        for _, _, label in sorted(placed, key=lambda each: each[:2]):
            taken = {each.name for each in shown}
            used = {each.heading.lower() for each in shown}
            words = headings if label.words == "heading" else self.labels.words(label.words)
            shown.append(
                Shown(
                    f"{label.column}_code" if label.column in taken else label.column,
                    f"{label.heading} {label.column}" if label.heading.lower() in used else label.heading,
                    label.part,
                    label.format,
                    words,
                    self.own.get(label.column) or Column(label.column, "VARCHAR", _LENT.get(label.column, "")),
                )
            )
        return shown

    def _marked(self, shown: list[Shown]) -> dict[str, str]:
        """The columns that notes are on, by the codes of their indicators."""
        if "inexact_indicators" not in self.own or "observations" not in self.there:
            return {}
        if "item_count" in self.own:
            return {indicator.code: "item_count" for indicator in self.labels.indicators}
        found = {each.name: self.labels.indicator_of(each.column) for each in shown if each.part == "figure"}
        return {indicator.code: name for name, indicator in found.items() if indicator is not None}

    def _notes(self) -> str:
        """A join of what is not exact, was not read for sure, or was corrected, with the words of the report."""
        has = {column.name for column in columns(self.connection, "observations")}
        corrected = "correction_reason" if "correction_reason" in has else "null"
        original = "original_value" if "original_value" in has else "null"
        by_row = [name for name in ("applicant_type", "category_label") if name in self.own]
        matches = "".join(f" and mart.{name} = notes.{name}" for name in by_row)
        whole = [
            "applicant_type = 'all'" if "applicant_type" not in self.own else "applicant_type != 'all'",
            f"category_label is {'not ' if 'category_label' in self.own else ''}null",
        ]
        return f"""
            left join (
                select report_id, {"".join(f"{name}, " for name in by_row)}list({{
                    'indicator': indicator_code, 'qualifier': qualifier, 'is_doubtful': confidence = 'doubtful',
                    'corrected': {corrected}, 'original': {original}, 'words': evidence_text
                }} order by indicator_code) as {NOTES}
                from marts.observations
                where is_selected and {" and ".join(whole)}
                    and (qualifier != 'exact' or confidence = 'doubtful' or {corrected} is not null)
                group by all
            ) as notes on mart.report_id = notes.report_id{matches}
        """  # noqa: S608 - names of ours

    def _order(self) -> str:
        """By region and year, then by the key: the same data, the same sheet."""
        first = [self.expressions[name] for name in ("region_code", "year") if name in self.expressions]
        key = [f"mart.{name}" for names in keys(self.connection, self.table)[:1] for name in names]
        rest = [f"mart.{name}" for name in self.own if name in _TELLING]
        return ", ".join(dict.fromkeys([*first, *key, *rest])) or literal("")


_TELLING = (
    "agency_id",
    "report_id",
    "level_code",
    "agency_kind",
    "scope",
    "applicant_type",
    "category_label",
    "finding_id",
)
"""Columns that tell rows apart where a source has no key of its own."""

_LENT = {
    "agency_name": "Name of the body that reports (dim_report).",
    "agency_kind": "government, department or other (dim_report).",
    "region_name": "Name of the region (dim_region).",
    "region_code": "Code of the region (dim_report).",
    "province_name": "Name of the province (dim_region).",
    "prefecture_name": "Name of the prefecture (dim_region).",
    "county_name": "Name of the county (dim_region).",
    "level_code": "Level of government (dim_report).",
    "year": "Year reported on (dim_report).",
    "scope": "own: the body alone; aggregate: with bodies below it (dim_report).",
    "form": "Official form in the report (dim_report).",
    "source_url": "Address of the page (reports_wide).",
    "source_file": "The file as it was read (dim_report).",
    "explorer": "The report in gongkai explore, every figure beside its words.",
}
"""What is said in the dictionary of columns that are joined to a source."""
