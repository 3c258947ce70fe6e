"""What of the published marts is exported: all, or what `--select` and `--where` leave of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase

import duckdb

from gongkai.export.condition import Condition, parse
from gongkai.export.marts import Columns, columns
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import MEMORY, open_published, tables
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach, literal, quoted
from ingest.errors import UsageError

_OF_REPORT = ("agency_id", "agency_name", "agency_kind", "region_code", "level_code", "year", "scope", "form")
"""Columns of dim_report that a condition may name for every mart with a report_id."""
_OF_REGION = ("province_name", "prefecture_name", "county_name", "province_code", "prefecture_code", "county_code")
"""Columns of dim_region that it may name for every mart with a region, or a report that has one."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A connection in which `marts` holds what was picked of each table, and the tables that are asked for."""

    connection: duckdb.DuckDBPyConnection
    names: list[str]
    columns: Columns = field(default_factory=dict)
    """Of each table the columns that are asked for; all where it is not in here."""
    where: str = ""
    whole: tuple[str, ...] = ()
    """Tables asked for that a condition says nothing of, for want of its columns."""
    reports: int | None = None
    """How many reports meet the condition; None without one."""

    @property
    def is_part(self) -> bool:
        """Whether rows are left out, so that references may lead nowhere."""
        return bool(self.where)


@contextmanager
def picked(warehouse: Warehouse, select: list[str], where: str) -> Iterator[Picked]:
    """Open the published file with what is picked. UsageError where a name or the condition is wrong."""
    condition = parse(where) if where else None
    with open_published(warehouse) as connection:
        names, chosen = _select(connection, select)
        if condition is None:
            yield Picked(connection, names, chosen)
            return
    with duckdb.connect(config={**SETTINGS, "memory_limit": MEMORY}) as connection:
        attach(connection, warehouse.published, "published", "read_only")
        whole, reports = _narrow(connection, condition, where)
        yield Picked(connection, names, chosen, where, tuple(name for name in names if name in whole), reports)


def _select(connection: duckdb.DuckDBPyConnection, select: list[str]) -> tuple[list[str], Columns]:
    """The tables, and the columns of some, that `--select` names: `fct_*`, or `observations.value`."""
    there = tables(connection)
    if not select:
        return there, {}
    names: set[str] = set()
    whole: set[str] = set()
    chosen: Columns = {}
    for pattern in (part.strip() for each in select for part in each.split(",")):
        table, _, column = pattern.partition(".")
        found = [name for name in there if fnmatchcase(name, table)]
        if not found:
            near = get_close_matches(table, there, n=1) or [name for name in there if table and table in name]
            meant = f"did you mean {near[0]}?" if near else ".tables in gongkai sql lists them"
            raise UsageError(f"--select {pattern}: there is no such mart; {meant}")
        names |= set(found)
        if not column:
            whole |= set(found)
            continue
        for name in found:
            known = [each.name for each in columns(connection, name) if fnmatchcase(each.name, column)]
            if not known:
                raise UsageError(f"--select {pattern}: marts.{name} has no such column")
            chosen.setdefault(name, set()).update(known)
    return [name for name in there if name in names], {name: chosen[name] for name in chosen.keys() - whole}


def _narrow(connection: duckdb.DuckDBPyConnection, condition: Condition, where: str) -> tuple[set[str], int]:
    """Make views of the rows that meet the condition, named as the tables.

    Gives the tables that stay whole, and how many reports meet it.
    """
    connection.execute("create schema marts; create schema raw")
    plain = set(tables(connection))
    there = [
        (schema, name, comment)
        for schema, name, comment in connection.execute(
            "select schema_name, table_name, comment from duckdb_tables() where schema_name in ('marts', 'raw')"
        ).fetchall()
        if schema == "raw" or name in plain
    ]
    marts = {
        str(name): [each.name for each in columns(connection, name, "published")]
        for schema, name, _ in there
        if schema == "marts"
    }
    known = {name for names in marts.values() for name in names}
    if unknown := sorted(condition.columns - known):
        raise UsageError(
            f"--where {where}: no mart has a column {unknown[0]}; the workbook's last sheet lists them all, and a text "
            "to look for stands in single quotes: --where \"province_name = '浙江省'\""
        )
    whole: set[str] = set()
    try:
        _make_views(connection, condition, there, marts, whole)
        [(reports,)] = connection.execute("select count(*) from marts.dim_report").fetchall()
    except duckdb.Error as error:
        raise UsageError(f"--where {where}: {str(error).splitlines()[0]}") from error
    return whole, reports


def _make_views(
    connection: duckdb.DuckDBPyConnection,
    condition: Condition,
    there: list[tuple[str, str, str]],
    marts: dict[str, list[str]],
    whole: set[str],
) -> None:
    """A view of each table, with its descriptions; `whole` gets those that are not narrowed."""
    for schema, name, comment in there:
        table = f"{quoted(schema)}.{quoted(name)}"
        narrowed = _rows(name, marts, condition) if schema == "marts" else None
        connection.execute(f"create view {table} as {narrowed or f'from published.{table}'}")
        if schema != "marts":
            continue
        if narrowed is None:
            whole.add(name)
        connection.execute(f"comment on view {table} is {literal(comment or '')}")
        for column in columns(connection, name, "published"):
            connection.execute(f"comment on column {table}.{quoted(column.name)} is {literal(column.description)}")


def _rows(table: str, marts: dict[str, list[str]], condition: Condition) -> str | None:
    """A query of the rows of a mart that meet the condition, by its own columns, else those of its report and region;
    None where it has not all that the condition names."""
    own = set(marts[table])
    lent: dict[str, str] = {}
    joins = ""
    if "report_id" in own and "dim_report" in marts:
        joins += " left join published.marts.dim_report as reports on mart.report_id = reports.report_id"
        lent |= {name: f"reports.{name}" for name in _OF_REPORT if name in marts["dim_report"]}
    region = "mart.region_code" if "region_code" in own else lent.get("region_code")
    if region and "dim_region" in marts:
        joins += f" left join published.marts.dim_region as regions on {region} = regions.region_code"
        lent |= {name: f"regions.{name}" for name in _OF_REGION if name in marts["dim_region"]}
    needed = sorted(condition.columns - own)
    if any(name not in lent for name in needed):
        return None
    if not needed:
        return f"from published.marts.{table} where {condition.sql}"
    added = ", ".join(f"{lent[name]} as {name}" for name in needed)
    lending = f"select mart.*, {added} from published.marts.{table} as mart{joins}"  # noqa: S608
    return f"select * exclude ({', '.join(needed)}) from ({lending}) where {condition.sql}"  # noqa: S608
