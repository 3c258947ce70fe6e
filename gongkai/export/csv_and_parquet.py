"""Rows as csv and parquet files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from gongkai.export.marts import batches
from gongkai.publications import latest
from gongkai.warehouse.sql import literal
from ingest.errors import GongkaiError

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection): full-width signs too, which it may
# take for plain ones, and all of them behind spaces and marks that nobody sees.
_FORMULA_START = r"^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|^[\t\r\n]"
# Tab and line feed may stand in a quoted field; the others mean nothing in a text, and a terminal obeys some of them.
_CONTROL = r"[\x00-\x08\x0B-\x1F\x7F-\x9F]"


def write_csv(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    target: Path,
    after: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame,
) -> int:
    """Write the rows of a query as UTF-8 with a byte order mark, which Excel needs for Chinese. Returns their number.

    Text that a spreadsheet would take for a formula gets an apostrophe before it; a control character becomes U+FFFD,
    the end of a line a line feed; lists are joined by `;`. `after` sees each batch when that is done.
    """
    count = 0
    with replacing(target) as path, path.open("wb") as file:
        for number, frame in enumerate(batches(connection, query)):
            count += frame.height
            first = number == 0
            after(plain(frame)).write_csv(file, include_bom=first, include_header=first, line_terminator="\r\n")
    return count


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Write the rows of a query as parquet, values exactly as they are in the warehouse. Returns the number of rows.

    The publication that they are of stands in the file's metadata.
    """
    publication = latest(connection)
    metadata = f", kv_metadata {{publication: {literal(publication)}}}" if publication else ""
    with replacing(target) as path:
        row = connection.execute(
            f"copy ({query}) to {literal(path)} (format parquet, compression zstd{metadata})"
        ).fetchone()
    return int(row[0]) if row else 0


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with lists joined, no control characters, and text that no spreadsheet takes for a formula."""
    joined = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join(";")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    )
    texts = [name for name, kind in joined.schema.items() if kind == pl.String]
    guarded = joined.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA_START)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    )
    return guarded.with_columns(
        pl.col(name).str.replace_all(r"\r\n?", "\n").str.replace_all(_CONTROL, "\N{REPLACEMENT CHARACTER}")
        for name in texts
    )


def short_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with decimals as people write them: 186 and 12.5, not 186.0000 and 12.5000."""
    decimals = [name for name, kind in frame.schema.items() if kind.is_decimal()]
    return frame.with_columns(
        pl.col(name).cast(pl.String).str.replace(r"(\.\d*?)0+$", "$1").str.strip_chars_end(".") for name in decimals
    )


def target_folder(folder: Path, part: str) -> Path:
    """The folder `part` below `folder`, made where it is missing. GongkaiError where a link leads it elsewhere."""
    target = folder / part
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(target, error) from error
    if not target.resolve().is_relative_to(folder.resolve()):
        raise GongkaiError(f"{target} is a link out of {folder}; remove it, or export to another folder with --to")
    return target


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to write to, which becomes `target` at once when all is written; nothing is left of it otherwise.

    A link of that name is replaced, never followed.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield aside
        aside.replace(target)
    except (OSError, duckdb.IOException, pl.exceptions.ComputeError) as error:
        raise cannot_write(target, error) from error
    finally:
        aside.unlink(missing_ok=True)


def cannot_write(target: Path, error: Exception) -> GongkaiError:
    """The error for a file that cannot be written, with the system's reason."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
    return GongkaiError(f"cannot write {target} ({reason}); make room or name another folder with --to")
