"""Names by their pinyin, so that deqing and dq find 德清."""

from __future__ import annotations

import threading

import duckdb
from pypinyin import lazy_pinyin

# Places down to counties, and those of townships that have reports; bodies.
_NAMES = """
    select region_code as id, name from published.marts.dim_region
    where valid_to_year is null
        and (level_code != 'township' or region_code in (select region_code from published.marts.dim_agency))
    union all
    select agency_id, agency_name from published.marts.dim_agency where agency_name is not null
"""


class PinyinNames:
    """Made when the first word in Latin letters is looked for, which takes about a second."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._names: list[tuple[str, str, str]] | None = None

    def beginning_with(self, word: str) -> list[str]:
        """The ids of what is called so; `word` in Latin letters, without blanks."""
        wanted = word.lower()
        with self._lock:
            if self._names is None:
                self._names = self._read()
        return [one for one, whole, letters in self._names if whole.startswith(wanted) or letters.startswith(wanted)]

    def _read(self) -> list[tuple[str, str, str]]:
        cursor = self._connection.cursor()
        try:
            rows = cursor.execute(_NAMES).fetchall()
        finally:
            cursor.close()
        spelt = ((one, lazy_pinyin(name)) for one, name in rows)
        return [(one, "".join(words), "".join(word[:1] for word in words)) for one, words in spelt]
