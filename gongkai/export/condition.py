"""The condition of `--where`: one expression over columns, taken apart by DuckDB before it is let near the data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from ingest.errors import UsageError

_PLAIN = {
    "COLUMN_REF",
    "CONSTANT",
    "COMPARISON",
    "CONJUNCTION",
    "OPERATOR",
    "BETWEEN",
    "CAST",
    "CASE",
    "FUNCTION",
    "TYPE",
}
"""What may stand in a condition: no subquery, no window, no lambda, no star, no parameter."""

_FUNCTIONS = {
    *("+", "-", "*", "/", "//", "%", "||", "~~", "!~~", "~~*", "!~~*", "~~~"),
    *("abs", "round", "floor", "ceil", "coalesce", "nullif", "least", "greatest", "length", "lower", "upper", "trim"),
    *("contains", "starts_with", "prefix", "ends_with", "suffix", "left", "right", "substring", "replace", "concat"),
    *("regexp_matches", "regexp_full_match", "list_contains", "list_has", "list_has_any", "list_has_all", "len"),
    *("list_value", "year", "month", "day", "date_part", "datepart", "not_like_escape", "like_escape", "ilike_escape"),
}
"""Functions that look at values alone; none reads a file, a setting or the clock."""

_PREFIX = "SELECT 1 FROM t WHERE "
_HOW = "write it as in: --where \"year >= 2019 and province_name = '浙江省'\""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as SQL that DuckDB has written itself, and the columns that it looks at."""

    sql: str
    columns: frozenset[str]


def parse(text: str) -> Condition:
    """The condition that a text is. UsageError where it is none, or holds what a condition may not."""
    with duckdb.connect() as connection:
        rows = connection.execute("select json_serialize_sql(?)", [f"select 1 from t where ({text}\n)"]).fetchall()  # noqa: S608
        tree: dict[str, Any] = json.loads(rows[0][0])
        if tree.get("error"):
            reason = str(tree.get("error_message", "it cannot be read")).splitlines()[0]
            raise UsageError(f"--where {text}: {reason}; {_HOW}")
        if len(tree["statements"]) != 1 or not _is_bare(tree["statements"][0]["node"]):
            raise UsageError(f"--where {text}: it is more than one condition; {_HOW}")
        condition = tree["statements"][0]["node"]["where_clause"]
        columns = set()
        for part in _parts(condition):
            _require_plain(part, text)
            if part["class"] == "COLUMN_REF":
                columns.add(part["column_names"][-1].lower())
        # Written out anew from what was understood: no comment or bracket of the text gets into a query of ours.
        written = connection.execute("select json_deserialize_sql(?::json)", [json.dumps(tree)]).fetchall()
    if not columns:
        raise UsageError(f"--where {text}: it names no column; {_HOW}")
    sql = str(written[0][0])
    if not sql.startswith(_PREFIX):
        raise UsageError(f"--where {text}: it cannot be read; {_HOW}")
    return Condition(sql.removeprefix(_PREFIX), frozenset(columns))


def _is_bare(node: dict[str, Any]) -> bool:
    """Whether a query has nothing but its condition."""
    return (
        node["type"] == "SELECT_NODE"
        and node["from_table"].get("type") == "BASE_TABLE"
        and node["where_clause"] is not None
        and not any(
            node[each] for each in ("modifiers", "group_expressions", "group_sets", "having", "sample", "qualify")
        )
        and not node["cte_map"]["map"]
    )


def _parts(tree: object) -> Iterator[dict[str, Any]]:
    """Every expression in a tree."""
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        for value in tree.values():
            yield from _parts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _parts(value)


def _require_plain(part: dict[str, Any], text: str) -> None:
    kind = part["class"]
    if kind not in _PLAIN or (kind == "COLUMN_REF" and len(part["column_names"]) != 1):
        what = {"SUBQUERY": "a query within", "COLUMN_REF": "a name with a point in it"}.get(kind, kind.lower())
        raise UsageError(f"--where {text}: {what} may not stand in it; {_HOW}")
    if kind == "FUNCTION" and part["function_name"].lower() not in _FUNCTIONS:
        raise UsageError(f"--where {text}: the function {part['function_name']} may not stand in it; {_HOW}")
