"""`gongkai show`: a report's figures, each with the words that it came from; or why a document is no report."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import duckdb
import typer
from rich.text import Text

from gongkai.console import DEFAULT_WAREHOUSE, AsJson, Debug, WarehouseOption, out, safe, say, tell_json
from gongkai.reports.evidence import Figure, figures, find_report
from gongkai.reports.others import beginning, find_document
from gongkai.warehouse.published import open_published, require_marts, tables
from gongkai.warehouse.sql import records
from ingest.errors import RejectReason

Report = Annotated[
    str,
    typer.Argument(
        help="A report_id or document_id, its beginning, or a source file.", show_default=False, metavar="DOCUMENT"
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Also the readings that were not chosen.")]

_HEAD = (
    ("agency", "agency_name"), ("kind", "agency_kind"), ("region", "region_code"), ("level", "level_code"),
    ("year", "year"), ("from", "period_start"), ("to", "period_end"), ("published", "published_on"),
    ("form", "form"), ("scope", "scope"), ("file", "source_file"), ("version", "version_no"),
)  # fmt: skip
_DOCUMENT_HEAD = (
    ("taken for", "document_class"), ("because of", "class_reason"), ("title", "title"), ("file", "source_file"),
    ("in the archive", "archive_member"), ("kind", "media_type"), ("pages", "page_count"), ("characters", "char_count"),
)  # fmt: skip


def show(
    report: Report,
    everything: Everything = False,
    as_json: AsJson = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    debug: Debug = False,
) -> None:
    """Show a report's figures with the words that they came from: page, section, and the value marked.

    Of a document that is no report: what it was taken for, and why; of a rejected file: the reason.
    """
    with open_published(warehouse) as connection:
        require_marts(connection, "dim_report", "dim_document", "observations", "dim_indicator")
        head = find_report(connection, report)
        if head is None:
            _show_document(connection, find_document(connection, report), as_json)
            return
        report_id = str(head["report_id"])
        every = figures(connection, report_id, everything=everything)
        findings = (
            records(
                connection,
                "select severity, check_code, message_zh, message_en, finding_id from marts.findings "
                "where report_id = $report_id order by all",
                {"report_id": report_id},
            )
            if "findings" in tables(connection)
            else []
        )
    if as_json:
        tell_json({"report": head, "figures": [asdict(figure) for figure in every], "findings": findings})
        return
    say(f"report {report_id}{_standing(head)}")
    for label, column in _HEAD:
        if head.get(column) is not None:
            say(f"  {label}: {head[column]}")
    say(f"{len(every)} figures" if every else "the report states no figure that is known")
    for figure in every:
        _print_figure(figure)
    for finding in findings:
        say(f"finding ({finding['severity']}, {finding['check_code']}): {finding['message_zh']}")


def _show_document(connection: duckdb.DuckDBPyConnection, head: dict[str, object], as_json: bool) -> None:
    if as_json:
        if "reason_code" in head:
            tell_json({"rejected": head | {"next_step": RejectReason(str(head["reason_code"])).next_step}})
        else:
            tell_json({"document": head, "beginning": beginning(connection, str(head["document_id"]))})
        return
    if "reason_code" in head:
        say(f"{head['source_file']} was rejected: {head['detail']} ({head['reason_code']})")
        say(f"  {RejectReason(str(head['reason_code'])).next_step}")
        return
    say(f"document {head['document_id']} is no annual report")
    for label, column in _DOCUMENT_HEAD:
        if head.get(column) not in (None, ""):
            say(f"  {label}: {head[column]}")
    for line in beginning(connection, str(head["document_id"])):
        say(f"    {line}")


def _standing(head: dict[str, object]) -> str:
    """Why a report is not the current one of its body, year and scope; nothing where it is."""
    if head["is_current"]:
        return ""
    if head.get("withdrawn_at"):
        return f" (withdrawn on {head['withdrawn_at']:%Y-%m-%d})"
    if head.get("same_as_report_id"):
        return f" (the same version as {head['same_as_report_id']}, which stands for it)"
    return " (a newer version is current)"


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
