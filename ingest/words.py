"""Words that tell readers what is what on a page: rows of seeds that analysts may change, read once a process.

What stands in them is words of web sites and of print (menus, labels, measure words), never an indicator or a form.
How the words of a kind are put to use is written where they are used; a reader's version covers those it uses.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from functools import cache

from ingest.errors import GongkaiError
from ingest.shipped import project_folder

_PAGE_WORDS = "seeds/documents/page_words.csv"
_PAGE_LABELS = "seeds/documents/page_labels.csv"
_MEASURE_WORDS = "seeds/prose/measure_words.csv"
_ASKED_FOR = {_PAGE_WORDS: ("pattern", "kind"), _PAGE_LABELS: ("label", "kept"), _MEASURE_WORDS: ("word", "in_cells")}
"""The columns that are read here; the first is never empty, as nothing would match everything."""


def check_words() -> None:
    """GongkaiError with file and line where the words are not there or a row is broken: asked before a run begins."""
    for seed, (words, _) in _ASKED_FOR.items():
        for line, row in enumerate(_rows(seed), start=2):
            if None in row or None in row.values():
                raise GongkaiError(f"{seed}, line {line}: more or fewer fields than names; quote a field with a comma")
            if not row[words]:
                raise GongkaiError(f"{seed}, line {line}: {words} is empty; fill it in, or take the row out")
            try:
                re.compile(row[words])
            except re.error as error:
                raise GongkaiError(
                    f"{seed}, line {line}: {row[words]} is no regular expression ({error}); mend the row"
                ) from error


def words_for(kind: str) -> str:
    """The patterns of a kind in one bracket, to be part of a regular expression."""
    return _any_of(tuple(row["pattern"] for row in _rows(_PAGE_WORDS) if row["kind"] == kind))


def measure_words() -> str:
    """Measure words (件, 万元) behind a figure in a cell or alone in one, the longest first, in one bracket."""
    words = _longest_first(row["word"] for row in _rows(_MEASURE_WORDS) if _is_true(row["in_cells"]))
    return f"(?:[千万亿]?{words})"


def page_labels() -> str:
    """Labels behind which a page says something of the document that is kept, the longest first, in one bracket."""
    return _longest_first(row["label"] for row in _rows(_PAGE_LABELS) if _is_true(row["kept"]))


def version_of(*patterns: str) -> str:
    """A short hash of what the functions above gave: part of a reader's version."""
    return hashlib.sha256("\n".join(patterns).encode()).hexdigest()[:8]


def _is_true(value: str) -> bool:
    """As a spreadsheet writes it too."""
    return value.lower() == "true"


def _longest_first(words: Iterable[str]) -> str:
    return _any_of(tuple(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _any_of(patterns: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(patterns)})"


@cache
def _rows(seed: str) -> tuple[dict[str, str], ...]:
    path = project_folder() / seed
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = tuple(reader)
    except OSError as error:
        raise GongkaiError(f"{path} cannot be read ({error.strerror}); it is part of the project's seeds") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise GongkaiError(f"{path}: is no CSV file in UTF-8 ({error}); save it as such") from error
    if missing := set(_ASKED_FOR[seed]).difference(reader.fieldnames or ()):
        raise GongkaiError(f"{path}: has no column {', '.join(sorted(missing))}; its first line must name the columns")
    return rows
