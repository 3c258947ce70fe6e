"""`gongkai evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, say
from gongkai.reports.report_card import DocumentResult, ReportCard, Tally, half_of, read_gold, read_warehouse, score
from gongkai.reports.self_measure import SelfMeasure, Share, measure, save_measures
from ingest.errors import UsageError

_EVIDENCE = 90
"""Characters of evidence shown with a wrong figure."""
_SHOWN_ERRORS = 12
"""Errors shown of one report."""

GoldFiles = Annotated[
    list[Path] | None, typer.Option("--gold", help="Right answers, a JSON object a line; may stand several times.")
]
Half = Annotated[
    str | None, typer.Option("--half", help="Score only this half of the reports, learn or check (told by file name).")
]


def _minimum(what: str) -> Any:
    return typer.Option(f"--min-{what}", help=f"Exit with status 1 where {what} is below this share.", min=0, max=1)


def evaluate(
    gold: GoldFiles = None,
    by_itself: Annotated[
        bool, typer.Option("--self", help="Without answers: compare prose with the tables of the same report.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", help="With --self: write how often each rule agreed here, as seeds/accounting/rule_measures.csv."
        ),
    ] = None,
    half: Half = None,
    worst: Annotated[int, typer.Option("--worst", help="Reports to show with their errors.", min=0)] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    min_f1: Annotated[float | None, _minimum("f1")] = None,
    min_precision: Annotated[float | None, _minimum("precision")] = None,
    min_recall: Annotated[float | None, _minimum("recall")] = None,
    min_metadata: Annotated[float | None, _minimum("metadata")] = None,
    min_qualifiers: Annotated[float | None, _minimum("qualifiers")] = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    debug: Debug = False,
) -> int:
    """Compare the published warehouse with right answers, and show where it is wrong."""
    if by_itself == bool(gold):
        raise UsageError("either --gold FILE with right answers, or --self to measure without any")
    if save and not by_itself:
        raise UsageError("--save writes what --self measures: give both")
    if save and not save.parent.is_dir():
        raise UsageError(f"--save {save}: there is no folder {save.parent}; make it, or name another file")
    if not gold:
        _print_self(measure(warehouse), as_json)
        if save:
            rows = save_measures(warehouse, save)
            typer.echo(f"wrote {save} with {rows} rules; gongkai build makes confidence follow it", err=True)
        return 0
    if half not in (None, "learn", "check"):
        raise UsageError(f"--half {half}: it is learn or check")
    answers = [answer for answer in read_gold(gold) if half is None or half_of(answer["file"]) == half]
    card = score(answers, *read_warehouse(warehouse))
    if as_json:
        typer.echo(json.dumps(card.summary(), ensure_ascii=False, indent=1))
    else:
        _print(card, worst)
    shares = [
        ("f1", card.total.f1, min_f1),
        ("precision", card.total.precision, min_precision),
        ("recall", card.total.recall, min_recall),
        ("metadata", card.metadata_share, min_metadata),
        ("qualifiers", card.qualifier_share, min_qualifiers),
    ]
    low = [f"{name} {share:.4f} < {least}" for name, share, least in shares if least is not None and share < least]
    if low:
        typer.echo(f"below the minimum: {', '.join(low)}", err=True)
    return 1 if low else 0


def _print_self(found: SelfMeasure, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found.summary(), ensure_ascii=False, indent=1))
        return
    say("prose as the tables of the same reports tell it")
    _share("precision", found.precision)
    _share("recall", found.recall)
    say(f"  {found.undecided} readings differ from a table whose figure is not in the prose: undecided")
    for title, shares in (
        ("precision by group", found.precision_by_group),
        ("recall by group", found.recall_by_group),
        ("precision by confidence", found.precision_by_confidence),
    ):
        say(title)
        for name, share in sorted(shares.items()):
            _share(name, share)


def _share(name: str, share: Share) -> None:
    say(f"  {name:<44} {'-' if share.share is None else f'{share.share:.4f}'}  ({share.right} of {share.n})")


def _print(card: ReportCard, worst: int) -> None:
    figures = card.summary()
    say(
        f"{figures['reports']} reports ({figures['not_found']} not found, {figures['reports_all_right']} all right), "
        f"{figures['others_taken_for_reports']} of {figures['others']} other documents taken for reports"
    )
    _line("all", card.total)
    for group in ("basis", "form", "format", "fact"):
        say(f"by {group}")
        for key, tally in sorted(card.groups[group].items()):
            _line(key, tally)
    say("by indicator (those with errors)")
    flawed = [(key, tally) for key, tally in card.groups["indicator"].items() if tally.missed or tally.wrong]
    for key, tally in sorted(flawed, key=lambda entry: (-entry[1].missed - entry[1].wrong, entry[0])):
        _line(key, tally)
    say(f"qualifiers {card.qualifier_share:.4f}")
    fields = ", ".join(f"{name} {count['right']}/{count['wanted']}" for name, count in card.metadata.items())
    say(f"metadata {card.metadata_share:.4f}: {fields}")
    for name, entry in figures["confidence"].items():
        say(f"confidence {name}: {entry['right']} of {entry['selected']} selected figures are right ({entry['share']})")
    for document in card.worst(worst):
        _print_document(document)


def _line(name: str, tally: Tally) -> None:
    say(
        f"  {name:<44} precision {tally.precision:.4f}  recall {tally.recall:.4f}  f1 {tally.f1:.4f}  "
        f"({tally.right} right, {tally.missed} missed, {tally.wrong} wrong)"
    )


def _print_document(document: DocumentResult) -> None:
    say(f"{document.file}: {document.tally.missed} missed, {document.tally.wrong} wrong")
    if not document.found:
        say("  not among the reports")
    lines = [f"  {name}: want {want}, got {got}" for name, want, got in document.metadata]
    lines += [
        f"  wrong: {row['indicator_code']}{_place(row['applicant_type'], row['category_label'])} = "
        f"{_plain(row['value'])} ({row['basis']}, {row['confidence']}) from: {str(row['evidence_text'])[:_EVIDENCE]}"
        for row in document.wrong
    ]
    lines += [
        f"  missed: {fact['indicator']}{_place(fact.get('applicant'), fact.get('category'))} = {fact['value']} "
        f"({fact.get('basis', 'narrative')})"
        for fact in document.missed
    ]
    lines += [
        f"  qualifier: {fact['indicator']} = {fact['value']}: "
        f"want {fact.get('qualifier', 'exact')}, got {row['qualifier']}"
        for fact, row in document.qualifiers
    ]
    for line in lines[:_SHOWN_ERRORS]:
        say(line)
    if len(lines) > _SHOWN_ERRORS:
        say(f"  and {len(lines) - _SHOWN_ERRORS} more")


def _place(applicant: str | None, category: str | None) -> str:
    return (f" {applicant}" if applicant and applicant != "all" else "") + (f" {category}" if category else "")


def _plain(value: object) -> str:
    text = f"{value}"
    return text.rstrip("0").rstrip(".") if "." in text else text
