"""Rows as csv files: text that stays text, figures without needless zeros, nothing that a spreadsheet would run."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from gongkai.export.files import replacing
from gongkai.export.marts import batches

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection): full-width signs too, which it may
# take for plain ones, and all of them behind spaces and marks that nobody sees.
_FORMULA_START = r"^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|^[\t\r\n]"
# Tab and line feed may stand in a quoted field; the others mean nothing in a text, and a terminal obeys some of them.
_CONTROL = r"[\x00-\x08\x0B-\x1F\x7F-\x9F]"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"


def write_csv(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Write the rows of a query as UTF-8 with a byte order mark, which Excel needs for Chinese. Returns their number.

    Text that a spreadsheet would take for a formula gets an apostrophe before it; a control character becomes U+FFFD,
    the end of a line a line feed; lists are joined by `;`; 12.5000 is 12.5.
    """
    count = 0
    with replacing(target) as path, path.open("wb") as file:
        for number, frame in enumerate(batches(connection, query)):
            count += frame.height
            first = number == 0
            plain(frame).write_csv(
                file, include_bom=first, include_header=first, line_terminator="\r\n", datetime_format=TIME_FORMAT
            )
    return count


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with lists joined, no control characters, no text that a spreadsheet takes for a formula, and decimals
    as short as they are exact."""
    joined = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.drop_nulls().list.join(";")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    )
    texts = [name for name, kind in joined.schema.items() if kind == pl.String]
    guarded = joined.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA_START)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    )
    cleaned = guarded.with_columns(
        pl.col(name).str.replace_all(r"\r\n?", "\n").str.replace_all(_CONTROL, "\N{REPLACEMENT CHARACTER}")
        for name in texts
    )
    return cleaned.with_columns(
        pl.col(name).cast(pl.String).str.replace(r"\.?0+$", "")
        for name, kind in cleaned.schema.items()
        if isinstance(kind, pl.Decimal) and kind.scale > 0
    )
