"""`gongkai metrics`: the metrics that the warehouse gives, and how each is computed."""

from __future__ import annotations

import re
from typing import Annotated

import duckdb
import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, say
from gongkai.warehouse.published import open_published, require_marts
from ingest.errors import UsageError

Metric = Annotated[
    str | None, typer.Argument(help="A metric_code, to be explained.", show_default=False, metavar="[METRIC]")
]

_TERM = re.compile(
    r"(?P<sign>[+-])(?:(?P<factor>[\d.]+)\*)?(?P<code>[\w.]+)(?::(?P<applicant>\w+))?(?:@(?P<place>\w+))?"
)


def metrics(metric: Metric = None, warehouse: WarehouseOption = DEFAULT_WAREHOUSE, debug: Debug = False) -> None:
    """List the metrics by what they are about; with a METRIC, its formula in words and what it gives."""
    with open_published(warehouse) as connection:
        require_marts(connection, "dim_metric", "metrics", "dim_indicator")
        if metric is None:
            _list(connection)
        else:
            _explain(connection, metric)


def _list(connection: duckdb.DuckDBPyConnection) -> None:
    group = None
    for metric_group, code, name_zh, name_en, unit, count in connection.execute(
        """
        select any_value(metric_group), metric_code, any_value(name_zh), any_value(name_en), any_value(dim_metric.unit),
            count(metrics.value) filter (where metrics.grain = 'report')
        from marts.dim_metric as dim_metric
        left join marts.metrics as metrics using (metric_code)
        group by metric_code
        order by 1, 2
        """
    ).fetchall():
        if metric_group != group:
            say(f"{metric_group}:")
            group = metric_group
        say(f"  {code}: {name_zh} / {name_en} ({unit}, {count} reports)")
    say("explain one with: gongkai metrics METRIC")


def _explain(connection: duckdb.DuckDBPyConnection, metric: str) -> None:
    row = connection.execute(
        "select name_zh, name_en, version, unit, numerator, denominator, forms, note from marts.dim_metric "
        "where metric_code = ?",
        [metric],
    ).fetchone()
    if row is None:
        raise UsageError(f"there is no metric {metric}; gongkai metrics lists them")
    name_zh, name_en, version, unit, numerator, denominator, forms, note = row
    names = dict(connection.execute("select indicator_code, name_zh from marts.dim_indicator").fetchall())
    names["population.resident"] = "常住人口"  # no figure of a report
    say(f"{metric} (version {version}, {unit}): {name_zh} / {name_en}")
    if unit == "herfindahl":
        say(f"  sum of the squared shares of: {in_words(numerator, names)}")
    else:
        say(f"  numerator: {in_words(numerator, names)}")
    if denominator:
        say(f"  denominator: {in_words(denominator, names)}")
    say(f"  forms: {', '.join(forms)}")
    if note:
        say(f"  note: {note}")
    say("  no value where a figure is not reported or the denominator is zero")
    for year, level, count, value, low, high in connection.execute(
        """
        select year, level_code, report_count, value, wilson_low, wilson_high from marts.metrics
        where metric_code = ? and grain = 'region' and region_code is null and value is not null
        order by year desc, level_code
        """,
        [metric],
    ).fetchall():
        interval = "" if low is None else f" (95 %: {low:.4f} to {high:.4f})"
        say(f"  {year}, {level or 'level unknown'}: {value:.4f}{interval} from {count} reports")


def in_words(terms: str, names: dict[str, str]) -> str:
    """A list of terms with the indicators' names: `+a -b@previous` as `A − B (上年)`. Unknown codes stay codes."""
    words = []
    for found in _TERM.finditer(terms):
        name = names.get(found["code"], found["code"])
        name += f" · {found['applicant']}" if found["applicant"] else ""
        name += " (上年)" if found["place"] == "previous" else ""
        name = f"{found['factor']} × {name}" if found["factor"] else name
        words.append(("− " if found["sign"] == "-" else "+ ") + name)
    return " ".join(words).removeprefix("+ ")
