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
    """Made aside as soon as a publication is opened, which takes about a second; who asks before that waits."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._names: list[tuple[str, str, str, str]] = []
        # No daemon: Python would cut it off at the end, and DuckDB's bindings complain of what it still held.
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def beginning_with(self, word: str) -> list[str]:
        """The ids of what is called so, but for its last character (县), else of what begins so."""
        wanted = word.lower()
        self._reading.join()
        exact = [one for one, whole, _, last in self._names if wanted in (whole, whole.removesuffix(last))]
        if exact:
            return exact
        return [one for one, whole, letters, _ in self._names if whole.startswith(wanted) or letters.startswith(wanted)]

    def _read(self) -> None:
        cursor = self._connection.cursor()
        try:
            rows = cursor.execute(_NAMES).fetchall()
        finally:
            cursor.close()
        spelt = ((one, lazy_pinyin(name)) for one, name in rows)
        self._names = [(one, "".join(words), "".join(word[:1] for word in words), words[-1]) for one, words in spelt]
