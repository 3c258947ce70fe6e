"""Seeds as they lie on disk: rows with the lines on which they begin, or what is wrong with the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from gongkai.rules.problems import Problem, nearest, shown

_SAVE_AS = "save it as 'CSV UTF-8 (comma delimited)'"
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", "，": "full-width commas"}


@dataclass(slots=True)
class SeedFile:
    """The rows of a seed. `lines` has the line of each row, counted from 1; rows are whole only without problems."""

    file: str
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, message: str, *, column: str = "", value: str = "", near: str = "") -> None:
        self.problems.append(Problem(self.file, line, message, column, value, near))

    def column(self, name: str) -> list[str]:
        """The values of a column, row by row; an empty field is NULL and stays empty."""
        place = self.header.index(name)
        return [row[place] for row in self.rows]


def read_seed(path: Path, file: str, declared: list[str], *, in_part: bool = False) -> SeedFile:
    """Read a seed whose YAML declares these columns. A mark before UTF-8 and lines ended by CRLF are fine, as dbt and
    DuckDB take them; whatever they would not take, or take for something else, becomes a problem. `in_part`: columns
    may be missing, and are empty then."""
    seed = SeedFile(file)
    text = _decoded(seed, path.read_bytes())
    if text is None:
        return seed
    try:
        records = list(_records(text))
    except _NotCsv as error:
        seed.add(error.line, f"{error}; a quote inside a field is written twice, and the field stands in quotes")
        return seed
    if not records or not records[0][1]:
        seed.add(1, "the first line holds no names of columns")
        return seed
    seed.header = records[0][1]
    _check_header(seed, declared, in_part=in_part)
    if not seed.problems:
        for line, record in records[1:]:
            if _fits(seed, line, record):
                seed.rows.append(record)
                seed.lines.append(line)
    return seed


class _NotCsv(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins: a quoted field may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = "a quoted field is never closed" if "unexpected end" in str(error) else "a quote stands out of place"
            raise _NotCsv(line, what) from error
        yield line, record
        line = reader.line_num + 1


def _decoded(seed: SeedFile, content: bytes) -> str | None:
    """The text of the file, or None after a problem that says how to save it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        seed.add(1, f"the file is UTF-16, not UTF-8: {_SAVE_AS}")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        seed.add(line, f"the file is {_other_encoding(content)}, not UTF-8: {_SAVE_AS}")
        return None
    if "\0" in text:
        seed.add(text.count("\n", 0, text.index("\0")) + 1, f"a NUL character stands in the line: {_SAVE_AS}")
        return None
    if line := _other_ending(text):
        seed.add(line, f"the line ends unlike the first (LF, CRLF and CR are mixed): {_SAVE_AS}")
        return None
    return text


def _other_ending(text: str) -> int:
    """The first line that does not end as the first one does, or by CR alone; 0 where all end alike."""
    if "\r" not in text:
        return 0
    lines = text.split("\n")
    ended_by_cr = lines[0].endswith("\r")
    for number, line in enumerate(lines, 1):
        is_last = number == len(lines)
        if "\r" in line.removesuffix("\r") or (not is_last and line.endswith("\r") != ended_by_cr):
            return number
    return len(lines) if lines[-1].endswith("\r") else 0


def _other_encoding(content: bytes) -> str:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return "damaged"
    return "GBK"


def _check_header(seed: SeedFile, declared: list[str], *, in_part: bool) -> None:
    header = seed.header
    if len(header) == 1 and len(declared) > 1:
        for separator, name in _SEPARATORS.items():
            if separator in header[0]:
                seed.add(1, f"the fields are set apart by {name}, not commas: {_SAVE_AS}")
                return
    missing = [name for name in declared if name not in header]
    for name in header:
        if name not in declared:
            seed.add(
                1,
                f"the column {shown(name)} is not declared in the YAML beside the file (column_types)",
                column=name,
                near=nearest(name, missing),
            )
        elif header.count(name) > 1:
            seed.add(1, f"the column {shown(name)} stands more than once", column=name)
            return
    for name in [] if in_part else missing:
        seed.add(1, f"the column {shown(name)} is missing", column=name)


def _fits(seed: SeedFile, line: int, record: list[str]) -> bool:
    """Whether the record has a field for each column."""
    if not record or (len(record) == 1 and not record[0].strip()):
        seed.add(line, "the line is empty: delete it")
        return False
    expected = len(seed.header)
    if len(record) == expected:
        return True
    message = f"the row has {len(record)} fields, the header {expected}"
    if len(record) > expected:
        message += f"; a field that holds a comma stands in double quotes{_torn(record)}"
    else:
        message += "; count its commas (an empty field needs its comma too)"
    seed.add(line, message)
    return False


def _torn(record: list[str]) -> str:
    """Which field a comma tore apart, where a bracket tells."""
    for here, there in pairwise(record):
        if any(here.count(pair[0]) > here.count(pair[1]) for pair in ("{}", "()", "[]", "（）")):
            return f', as in "{here[-20:]},{there[:20]}"'
    return ""
