"""Evidence: a report's figures with the words that they came from, as the published file holds them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from gongkai.warehouse.sql import records
from ingest.errors import UsageError

CONTEXT = 36
"""Characters shown on either side of the words that a figure came from."""

_SHOWN_MATCHES = 5
# 一、 or （二） or 三. at the beginning of a short line: a heading that the format does not mark as one.
_NUMBERED = re.compile(
    r"\s*(?:第[一二三四五六七八九十]+[章部节]|[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[)）])"
)
_HEADING_LENGTH = 40
_NUMBER = re.compile(r"(?P<digits>\d[\d,]*(?:\.\d+)?)\s*(?P<wan>万)?")


@dataclass(frozen=True, slots=True)
class Words:
    """Text with a marked part: what stands before it, the part, and what stands after it."""

    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One observation, fit to be shown: the figure, where it stands, and its words."""

    observation_id: str
    indicator: str
    label: str
    value: str
    """As it is shown, with qualifier and unit."""
    number: Decimal
    unit: str
    qualifier: str
    basis: str
    is_selected: bool
    section: str
    place: str
    words: Words


def find_report(connection: duckdb.DuckDBPyConnection, wanted: str) -> dict[str, object] | None:
    """The row of marts.dim_report whose id begins so, or whose source file is or ends so; None where none does.

    UsageError where several do; it names the first of them.
    """
    rows = records(
        connection,
        # One file may have held several versions, one after the other.
        "select * from marts.dim_report where report_id = $wanted or source_file = $wanted "
        "qualify is_current or not bool_or(is_current) over ()",
        {"wanted": wanted},
    ) or records(
        connection,
        "select * from marts.dim_report "
        "where starts_with(report_id, $wanted) or ends_with(source_file, '/' || $wanted) "
        "order by source_file",
        {"wanted": wanted},
    )
    if len(rows) == 1:
        return rows[0]
    if rows:
        some = "; ".join(f"{row['report_id']} {row['source_file']}" for row in rows[:_SHOWN_MATCHES])
        more = f" and {len(rows) - _SHOWN_MATCHES} more" if len(rows) > _SHOWN_MATCHES else ""
        raise UsageError(f"{wanted} names {len(rows)} reports: {some}{more}; give one of these ids")
    return None


def figures(connection: duckdb.DuckDBPyConnection, report_id: str, *, everything: bool) -> list[Figure]:
    """The figures of a report in the order of the text; `everything`: also the readings that were not chosen."""
    rows = records(
        connection,
        """
        select
            observations.*,
            indicators.name_zh,
            reports.document_id != observations.document_id as is_of_part,
            coalesce(documents.archive_member, documents.source_file) as stands_in,
        from marts.observations as observations
        inner join marts.dim_report as reports on observations.report_id = reports.report_id
        inner join marts.dim_document as documents on observations.document_id = documents.document_id
        inner join marts.dim_indicator as indicators on observations.indicator_code = indicators.indicator_code
        where observations.report_id = $report_id and (is_selected or $everything)
        order by observation_id
        """,
        {"report_id": report_id, "everything": everything},
    )
    if not rows:
        return []
    # The table of a report may stand in a file of its own: its figures follow those of the report's words.
    texts = {name: _Text(connection, name) for name in sorted({str(row["document_id"]) for row in rows})}
    rows.sort(key=lambda row: (row["is_of_part"], row["document_id"], texts[str(row["document_id"])].order(row)))
    return [_figure(row, texts[str(row["document_id"])]) for row in rows]


class _Text:
    """The landed text of one document, by place."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, document_id: str) -> None:
        self.blocks: dict[int, str] = {}
        self.section_of: dict[int, str] = {0: ""}
        section = ""
        for number, kind, text in connection.execute(
            "select block_no, kind, text from raw.blocks where document_id = ? order by block_no", [document_id]
        ).fetchall():
            self.blocks[number] = text
            if kind == "heading" or (len(text) <= _HEADING_LENGTH and _NUMBERED.match(text)):
                section = text.strip()
            self.section_of[number] = section
        self.rows: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
        self.block_before: dict[int, int] = {}
        for table, row, column, span, after, text in connection.execute(
            "select table_no, row_no, col_no, row_span, after_block_no, text from raw.table_cells "
            "where document_id = ? order by table_no, row_no, col_no",
            [document_id],
        ).fetchall():
            self.block_before[table] = after
            for covered in range(row, row + span):
                self.rows[table, covered].append((column, text))

    def order(self, row: dict[str, object]) -> tuple[int, ...]:
        """A key that puts observations in the order of the text: a table stands after the block before it."""
        table, *within = (row[name] for name in ("table_no", "row_no", "col_no", "char_start"))
        block = self.block_before.get(table, 0) if isinstance(table, int) else row["block_no"]
        return tuple(each if isinstance(each, int) else 0 for each in (block, table, *within))


def _figure(row: dict[str, object], text: _Text) -> Figure:
    qualifier = {"exact": "", "about": "约", "at_least": "至少", "at_most": "至多"}[str(row["qualifier"])]
    label = str(row["name_zh"])
    if row["applicant_type"] != "all":
        label += f" · {row['applicant_type']}"
    if row["category_label"]:
        label += f" · {row['category_label']}"
    return Figure(
        observation_id=str(row["observation_id"]),
        indicator=str(row["indicator_code"]),
        label=label,
        value=f"{qualifier}{_number(row['value'])} {row['unit']}",
        number=Decimal(str(row["value"])),
        unit=str(row["unit"]),
        qualifier=str(row["qualifier"]),
        basis=str(row["basis"]) + _corrected(row),
        is_selected=bool(row["is_selected"]),
        section=_section(row, text),
        place=_place(row, text),
        words=_words(row, text),
    )


def _corrected(row: dict[str, object]) -> str:
    """What a person put right, and why; nothing where nobody did."""
    reason, original = row.get("correction_reason"), row.get("original_value")
    if reason is None:
        return ""
    return f", corrected{'' if original is None else f' from {_number(original)}'} ({reason})"


def _number(value: object) -> str:
    whole, _, part = str(value).partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole


def _place(row: dict[str, object], text: _Text) -> str:
    """Page, section, and table with row and column, as far as there are any."""
    parts = [f"in {row['stands_in']}"] if row["is_of_part"] else []
    if row["page"] is not None:
        parts.append(f"page {row['page']}")
    table, block = row["table_no"], row["block_no"]
    section = _section(row, text)
    if section:
        parts.append(section)
    if isinstance(table, int):
        # A sum that the form implies may span rows or columns.
        cell = [f"{name} {row[column]}" for name, column in (("row", "row_no"), ("column", "col_no")) if row[column]]
        parts.append(", ".join([f"table {table}", *cell]))
    elif isinstance(block, int):
        parts.append(f"paragraph {block}")
    return ", ".join(parts) or "no place of its own"


def _section(row: dict[str, object], text: _Text) -> str:
    """The heading above the figure; empty where there is none."""
    table, block = row["table_no"], row["block_no"]
    if isinstance(table, int):
        return text.section_of.get(text.block_before.get(table, 0), "")
    return text.section_of.get(block, "") if isinstance(block, int) else ""


def _words(row: dict[str, object], text: _Text) -> Words:
    """The evidence within its paragraph or its row of the table."""
    evidence = str(row["evidence_text"] or "")
    table, line, own, block = row["table_no"], row["row_no"], row["col_no"], row["block_no"]
    if isinstance(table, int) and isinstance(line, int) and isinstance(own, int):
        cells = text.rows[table, line]
        before = " | ".join(_one_line(cell) for column, cell in cells if column < own)
        after = " | ".join(_one_line(cell) for column, cell in cells if column > own)
        return Words(f"{before} | " if before else "", _one_line(evidence), f" | {after}"[:CONTEXT] if after else "")
    start, end = row["char_start"], row["char_end"]
    paragraph = text.blocks.get(block) if isinstance(block, int) else None
    if paragraph is None or not isinstance(start, int) or not isinstance(end, int):
        return Words("", _one_line(evidence), "")
    stated = row["value"] if row.get("original_value") is None else row["original_value"]
    within = value_within(paragraph[start:end], stated)
    if within is not None:
        start, end = start + within[0], start + within[1]
    before = ("…" if start > CONTEXT else "") + paragraph[max(0, start - CONTEXT) : start]
    after = paragraph[end : end + CONTEXT] + ("…" if len(paragraph) > end + CONTEXT else "")
    return Words(_one_line(before), _one_line(paragraph[start:end]), _one_line(after))


def value_within(evidence: str, value: object) -> tuple[int, int] | None:
    """Where the value stands in the words, as far as exactly one number there is it; a place for each character."""
    plain = "".join(unicodedata.normalize("NFKC", character)[:1] for character in evidence)
    places = [
        match.span()
        for match in _NUMBER.finditer(plain)
        if Decimal(match["digits"].replace(",", "")) * (10_000 if match["wan"] else 1) == value
    ]
    return places[0] if len(places) == 1 else None


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
