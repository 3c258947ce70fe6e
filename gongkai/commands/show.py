"""`gongkai show`: a report's figures, each with the words that it came from."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, out, safe, say
from gongkai.reports.evidence import Figure, figures, find_report
from gongkai.warehouse.published import open_published, require_marts, tables

Report = Annotated[
    str, typer.Argument(help="A report_id or its beginning, or a source file.", show_default=False, metavar="REPORT")
]
Everything = Annotated[bool, typer.Option("--all", help="Also the readings that were not chosen.")]

_HEAD = (
    ("agency", "agency_name"), ("kind", "agency_kind"), ("region", "region_code"), ("level", "level_code"),
    ("year", "year"), ("from", "period_start"), ("to", "period_end"), ("published", "published_on"),
    ("form", "form"), ("scope", "scope"), ("file", "source_file"), ("version", "version_no"),
)  # fmt: skip


def show(
    report: Report, everything: Everything = False, warehouse: WarehouseOption = DEFAULT_WAREHOUSE, debug: Debug = False
) -> None:
    """Show a report's figures with the words that they came from: page, section, and the value marked."""
    with open_published(warehouse) as connection:
        require_marts(connection, "dim_report", "observations", "dim_indicator")
        head = find_report(connection, report)
        report_id = str(head["report_id"])
        every = figures(connection, report_id, everything=everything)
        findings = (
            connection.execute(
                "select severity, check_code, message_zh from marts.findings where report_id = ? order by all",
                [report_id],
            ).fetchall()
            if "findings" in tables(connection)
            else []
        )
    say(f"report {report_id}" + ("" if head["is_current"] else " (a newer version is current)"))
    for label, column in _HEAD:
        if head.get(column) is not None:
            say(f"  {label}: {head[column]}")
    say(f"{len(every)} figures" if every else "the report states no figure that is known")
    for figure in every:
        _print_figure(figure)
    for severity, code, message in findings:
        say(f"finding ({severity}, {code}): {message}")


def _print_figure(figure: Figure) -> None:
    mark = "" if figure.is_selected else " (not chosen)"
    say(f"{figure.label} [{figure.indicator}] = {figure.value}{mark}")
    say(f"    {figure.basis}, {figure.place}")
    words = figure.words
    if out.is_terminal:
        line = Text("    " + safe(words.before))
        line.append(safe(words.marked), style="reverse")
        line.append(safe(words.after))
        out.print(line)
    else:
        say(f"    {words.before}【{words.marked}】{words.after}")
