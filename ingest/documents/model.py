"""The document model that every reader gives: blocks in reading order, and tables between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "page_header", "page_footer"]
TableKind = Literal["grid", "flat"]


class Box(NamedTuple):
    """Where something stands on its page, in points from its top left corner; a picture's longer side counts 842."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class Block:
    """A heading or paragraph. `confidence` (0 to 1) is set only where OCR read it; `box` is of its first page."""

    text: str
    kind: BlockKind = "paragraph"
    heading_level: int | None = None
    page: int | None = None
    confidence: float | None = None
    box: Box | None = None


@dataclass(slots=True)
class Cell:
    """A cell at its top left place (`row` and `col` from 1), covering `row_span` x `col_span` places.

    `is_computed`: the file holds a formula whose value nobody computed, and the reader did.
    """

    row: int
    col: int
    text: str
    row_span: int = 1
    col_span: int = 1
    page: int | None = None
    confidence: float | None = None
    box: Box | None = None
    is_computed: bool = False


@dataclass(slots=True)
class Table:
    """Cells of one table. `flat`: rebuilt from lines of text, so columns are only an order."""

    cells: list[Cell]
    kind: TableKind = "grid"


@dataclass(slots=True)
class Document:
    """What a reader gives: blocks and tables in reading order, and what the file says of itself."""

    parts: list[Block | Table] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    page_count: int | None = None
    encoding: str | None = None
    ocr_used: bool = False

    def blocks(self) -> Iterator[Block]:
        """The blocks alone, in reading order."""
        return (part for part in self.parts if isinstance(part, Block))

    def tables(self) -> Iterator[Table]:
        """The tables alone, in reading order."""
        return (part for part in self.parts if isinstance(part, Table))
