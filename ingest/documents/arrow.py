"""A parsed document as Arrow tables, in the shape of raw.documents, raw.blocks and raw.table_cells."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

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

_Row = tuple[object, ...]
"""A row of blocks or cells: values in the order of the columns."""
_TEXT = CELL_SCHEMA.get_field_index("text")
_NOWHERE: _Row = (None,) * len(BOX_COLUMNS)
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class DocumentTables:
    """The rows of documents: one each in `documents`, any number in the others."""

    documents: pa.Table
    blocks: pa.Table
    cells: pa.Table

    @property
    def nbytes(self) -> int:
        """Bytes of the Arrow buffers."""
        return sum(table.get_total_buffer_size() for table in self._all)

    @property
    def _all(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        return self.documents, self.blocks, self.cells

    @classmethod
    def together(cls, several: Sequence[DocumentTables]) -> DocumentTables:
        """The rows of several, in one piece: each piece of a table costs who reads it as much as hundreds of rows."""
        if len(several) == 1:
            return several[0]
        return cls(
            *(pa.concat_tables(each).combine_chunks() for each in zip(*(one._all for one in several), strict=True))
        )

    def without(self, document_ids: Collection[str]) -> DocumentTables:
        """The rows of the other documents."""
        left_out = pa.array(document_ids, pa.string())
        return DocumentTables(
            *(table.filter(pc.invert(pc.is_in(table["document_id"], value_set=left_out))) for table in self._all)
        )


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
    blocks: list[_Row] = []
    cells: list[_Row] = []
    char_count = table_no = 0
    places_left = limits.cells
    for part in document.parts:
        if isinstance(part, Block):
            text = storable(part.text)
            if text.strip():
                char_count += len(text)
                described = (part.kind, part.heading_level, part.page, text, part.confidence)
                blocks.append((document_id, len(blocks) + 1, *described, *_box(part.box)))
            continue
        rows, places = _cell_rows(part, document_id, table_no + 1, len(blocks), places_left)
        places_left -= places
        texts = [str(row[_TEXT]) for row in rows]
        if any(text.strip() for text in texts):
            table_no += 1
            char_count += sum(map(len, texts))
            cells += rows
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
        _table(blocks, BLOCK_SCHEMA),
        _table(cells, CELL_SCHEMA),
    )


def _table(rows: list[_Row], schema: pa.Schema) -> pa.Table:
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _box(box: Box | None) -> _Row:
    return _NOWHERE if box is None else tuple(round(place, 1) for place in box)


def _cell_rows(
    table: Table, document_id: str, table_no: int, after_block_no: int, places_left: int
) -> tuple[list[_Row], int]:
    """Rows of one table, and how many places its cells cover.

    Spans are cut to the table's last row and column, so that none claims places that are not there.
    """
    last_row = max((cell.row for cell in table.cells), default=0)
    last_col = max((cell.col + cell.col_span - 1 for cell in table.cells), default=0)
    places = 0
    rows: list[_Row] = []
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.col)):
        row_span = max(1, min(cell.row_span, last_row - cell.row + 1))
        col_span = max(1, min(cell.col_span, last_col - cell.col + 1))
        places += row_span * col_span
        if places > places_left:
            raise RejectError(RejectReason.TOO_MANY_CELLS, "the tables of the document hold more cells than the limit")
        place = (document_id, table_no, cell.row, cell.col, row_span, col_span, cell.page)
        described = (storable(cell.text), cell.confidence, after_block_no, table.kind, cell.is_computed)
        rows.append((*place, *described, *_box(cell.box)))
    return rows, places
