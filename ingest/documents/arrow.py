"""A parsed document as Arrow tables, in the shape of raw.documents, raw.blocks and raw.table_cells."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pyarrow as pa

from ingest.documents.model import Block, Box, Document, Table
from ingest.documents.raw import BOX_COLUMNS, DOCUMENT_COLUMNS, RAW_TABLES, Columns
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits

_TYPES = {
    "varchar": pa.string(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def schema_of(columns: Columns) -> pa.Schema:
    """The shape in which rows go to these columns of raw."""
    return pa.schema({name: _TYPES[definition.split()[0]] for name, definition in columns.items()})


DOCUMENT_SCHEMA = schema_of(DOCUMENT_COLUMNS)
BLOCK_SCHEMA = schema_of(RAW_TABLES["blocks"])
CELL_SCHEMA = schema_of(RAW_TABLES["table_cells"])

_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class DocumentTables:
    """One document's rows: one in `documents`, any number in the others."""

    documents: pa.Table
    blocks: pa.Table
    cells: pa.Table

    @property
    def nbytes(self) -> int:
        """Bytes of the Arrow buffers."""
        return int(self.documents.nbytes + self.blocks.nbytes + self.cells.nbytes)


def storable(text: str) -> str:
    """Text that is valid UTF-8: NUL and lone surrogates, which DuckDB does not take, become U+FFFD."""
    return _NOT_STORABLE.sub("\ufffd", text)


def document_tables(
    document: Document,
    *,
    document_id: str,
    source_file: str,
    archive_member: str,
    media_type: str,
    size_bytes: int,
    reader: str,
    reader_version: str,
    limits: Limits,
) -> DocumentTables:
    """The rows of a document. RejectError where it says nothing, or is over the limits of cells and characters."""
    blocks: list[dict[str, object]] = []
    cells: list[dict[str, object]] = []
    char_count = table_no = 0
    places_left = limits.cells
    for part in document.parts:
        if isinstance(part, Block):
            text = storable(part.text)
            if not text.strip():
                continue
            char_count += len(text)
            blocks.append(
                {
                    "document_id": document_id,
                    "block_no": len(blocks) + 1,
                    "kind": part.kind,
                    "heading_level": part.heading_level,
                    "page": part.page,
                    "text": text,
                    "confidence": part.confidence,
                    **_box(part.box),
                }
            )
            continue
        table_rows, places = _cell_rows(part, places_left)
        places_left -= places
        if not any(str(row["text"]).strip() for row in table_rows):
            continue
        table_no += 1
        char_count += sum(len(str(row["text"])) for row in table_rows)
        place = {"document_id": document_id, "table_no": table_no, "after_block_no": len(blocks)}
        cells.extend({**place, **row} for row in table_rows)
    if not char_count:
        raise RejectError(RejectReason.NO_TEXT, "the file was read, and no text was found in it")
    if char_count > limits.chars:
        raise RejectError(RejectReason.TOO_MANY_CHARACTERS, f"{char_count} characters; the limit is {limits.chars}")
    row = {
        "document_id": document_id,
        "source_file": source_file,
        "archive_member": archive_member,
        "media_type": media_type,
        "size_bytes": size_bytes,
        "reader": reader,
        "reader_version": reader_version,
        "page_count": document.page_count,
        "char_count": char_count,
        "encoding": document.encoding,
        "ocr_used": document.ocr_used,
        "properties": storable(json.dumps(document.properties, ensure_ascii=False, sort_keys=True)),
    }
    return DocumentTables(
        pa.Table.from_pylist([row], schema=DOCUMENT_SCHEMA),
        pa.Table.from_pylist(blocks, schema=BLOCK_SCHEMA),
        pa.Table.from_pylist(cells, schema=CELL_SCHEMA),
    )


def _box(box: Box | None) -> dict[str, float | None]:
    places = (None, None, None, None) if box is None else tuple(round(place, 1) for place in box)
    return dict(zip(BOX_COLUMNS, places, strict=True))


def _cell_rows(table: Table, places_left: int) -> tuple[list[dict[str, object]], int]:
    """Rows of one table, and how many places its cells cover.

    Spans are cut to the table's last row and column, so that none claims places that are not there.
    """
    last_row = max((cell.row for cell in table.cells), default=0)
    last_col = max((cell.col + cell.col_span - 1 for cell in table.cells), default=0)
    places = 0
    rows: list[dict[str, object]] = []
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.col)):
        row_span = max(1, min(cell.row_span, last_row - cell.row + 1))
        col_span = max(1, min(cell.col_span, last_col - cell.col + 1))
        places += row_span * col_span
        if places > places_left:
            raise RejectError(RejectReason.TOO_MANY_CELLS, "the tables of the document hold more cells than the limit")
        rows.append(
            {
                "row_no": cell.row,
                "col_no": cell.col,
                "row_span": row_span,
                "col_span": col_span,
                "page": cell.page,
                "text": storable(cell.text),
                "confidence": cell.confidence,
                "is_computed": cell.is_computed,
                "table_kind": table.kind,
                **_box(cell.box),
            }
        )
    return rows, places
