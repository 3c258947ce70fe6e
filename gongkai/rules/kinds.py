"""The kinds of data tests that seeds may declare, each read as dbt reads it; what fails is told with its line.

The SQL of the same kinds is dbt's own or lies in `tests/generic/`; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gongkai.rules.declarations import DataTest, Seed
from gongkai.rules.problems import nearest, shown
from gongkai.rules.seed_files import SeedFile
from gongkai.rules.tables import Tables
from gongkai.warehouse.sql import quoted

_EMPTY_ALTERNATIVE = re.compile(r"^\||(?:^|[^\\])\|(?:\||$)")
_KEY_ENDINGS = ("_code", "_type", "_id")


@dataclass(frozen=True, slots=True)
class Rules:
    """All seeds that could be read whole: how each is declared, its rows, and the tables of all."""

    declared: dict[str, Seed]
    files: dict[str, SeedFile]
    tables: Tables
    term: re.Pattern[str]
    """A term of a check or metric, as the macro `term_pattern` has it."""

    def known(self, seed: str, column: str) -> dict[str, None]:
        """The distinct values of a column, in the order of the rows."""
        return dict.fromkeys(value for value in self.files[seed].column(column) if value)


class _Run:
    """One data test of one seed as it is held against the rows."""

    def __init__(self, rules: Rules, name: str, test: DataTest) -> None:
        self.rules = rules
        self.name = name
        self.test = test
        self.seed = rules.files[name]
        self.concerned = rules.tables.where(name, test.where) if test.where else None

    def values(self) -> Iterator[tuple[int, str]]:
        """Index and value of the rows that the test is about, empty ones too."""
        for index, value in enumerate(self.seed.column(self.test.column)):
            if self.concerned is None or index in self.concerned:
                yield index, value

    def add(self, index: int, message: str, value: str = "", near: str = "") -> None:
        self.seed.add(self.seed.lines[index], message, column=self.test.column, value=value, near=near)

    def unknown(self, index: int, value: str, known: dict[str, None], what: str) -> None:
        """A value that is none of the known ones; `what` they are."""
        self.add(index, f"{self.test.column} {shown(value)} is {what}", value, nearest(value, known))


def _unique(run: _Run) -> None:
    first: dict[str, int] = {}
    for index, value in run.values():
        if value and first.setdefault(value, index) != index:
            line = run.seed.lines[first[value]]
            run.add(index, f"{run.test.column} {shown(value)} stands in line {line} already", value)


def _not_null(run: _Run) -> None:
    for index, value in run.values():
        if not value:
            run.add(index, f"{run.test.column} is empty")


def _accepted_values(run: _Run) -> None:
    known = dict.fromkeys(map(str, run.test.arguments["values"]))
    for index, value in run.values():
        if value and value not in known:
            run.unknown(index, value, known, f"none of {', '.join(known)}")


def _relationships(run: _Run) -> None:
    to, field = run.test.seed_of("to"), run.test.arguments["field"]
    known = run.rules.known(to, field)
    for index, value in run.values():
        if value and value not in known:
            run.unknown(index, value, known, _no(field))


def _known_items(run: _Run) -> None:
    arguments = run.test.arguments
    known = dict.fromkeys(map(str, arguments.get("values", [])))
    what = f"none of {', '.join(known)}"
    if "to" in arguments:
        what = _no(arguments["field"])
        apart = arguments.get("field_separator")
        for value in run.rules.known(run.test.seed_of("to"), arguments["field"]):
            known |= dict.fromkeys(value.split(apart) if apart else [value])
    separator = arguments.get("separator")
    for index, value in run.values():
        for item in (value.split(separator) if separator else [value]) if value else []:
            begins = arguments.get("beginnings") and item.endswith(".") and any(k.startswith(item) for k in known)
            if item not in known and not begins:
                run.unknown(index, item, known, what)


def _known_terms(run: _Run) -> None:
    arguments = run.test.arguments
    indicators = run.rules.known(run.test.seed_of("to"), arguments["field"]) | dict.fromkeys(arguments.get("also", []))
    applicants = run.rules.known(run.test.seed_of("applicants"), "applicant_type")
    places = dict.fromkeys(arguments["places"])
    for index, value in run.values():
        for term in value.split(" ") if value else []:
            parts = run.rules.term.fullmatch(term)
            if parts is None:
                run.add(
                    index,
                    f"{run.test.column} holds {shown(term)}, which is no term such as -2*fee.waived@previous",
                    term,
                )
                continue
            name, applicant, place = parts["name"], parts["applicant"], parts["place"]
            if name not in indicators and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", name):
                run.unknown(index, name, indicators, _no(arguments["field"]))
            if applicant and applicant not in applicants:
                run.unknown(index, applicant, applicants, "no applicant")
            if place and place not in places:
                run.unknown(index, place, places, f"none of {', '.join(places)}")


def _is_pattern(run: _Run) -> None:
    column = quoted(run.test.column)
    bad = run.rules.tables.where(run.name, f"{column} is not null and try(regexp_matches('', {column})) is null")
    for index, value in run.values():
        if index in bad:
            run.add(
                index,
                f"{run.test.column} {shown(value)} is no pattern: {run.rules.tables.why_no_pattern(value)}",
                value,
            )
        elif value and _EMPTY_ALTERNATIVE.search(value):
            run.add(
                index, f"{run.test.column} {shown(value)} has an empty alternative, which matches every text", value
            )


def _unique_together(run: _Run) -> None:
    columns = run.test.arguments["columns"]
    first: dict[tuple[str, ...], int] = {}
    for index, key in enumerate(zip(*(run.seed.column(column) for column in columns), strict=True)):
        if first.setdefault(key, index) != index:
            values = ", ".join(f"{column} {shown(value)}" for column, value in zip(columns, key, strict=True))
            run.add(index, f"{values} stand together in line {run.seed.lines[first[key]]} already", key[0])


def _expression_is_true(run: _Run) -> None:
    expression = run.test.arguments["expression"]
    for index in sorted(run.rules.tables.without(run.name, expression)):
        if run.concerned is None or index in run.concerned:
            run.add(index, f"against the rule {' '.join(expression.split())}")


def _decides_its_example(run: _Run) -> None:
    names = {key: run.test.arguments[key] for key in ("pattern", "example", "order_by")}
    within = run.test.arguments.get("within")
    patterns, examples = run.seed.column(names["pattern"]), run.seed.column(names["example"])
    parts = run.seed.column(within) if within else [""] * len(patterns)
    places = [float(place) if place else 0.0 for place in run.seed.column(names["order_by"])]
    order = sorted(range(len(patterns)), key=places.__getitem__)
    for index, example in enumerate(examples):
        tried = [other for other in order if parts[other] == parts[index] and patterns[other]]
        decider = run.rules.tables.first_match(example, [patterns[other] for other in tried])
        if run.rules.tables.why_no_pattern(patterns[index]):
            continue  # is_pattern tells of it
        if decider is None:
            run.add(index, f"the pattern does not match its example {shown(example)}", example)
        elif tried[decider] != index:
            line = run.seed.lines[tried[decider]]
            run.add(index, f"the example {shown(example)} is decided by the rule in line {line} before it", example)


def _filled(run: _Run) -> None:
    for column in run.test.arguments["columns"]:
        for index, value in enumerate(run.seed.column(column)):
            if not value:
                run.add(index, f"{column} is empty")


def _pattern_reads_example(run: _Run) -> None:
    names = {"pattern": "pattern", "example": "example", "frame": "{}"} | run.test.arguments
    patterns, examples = run.seed.column(names["pattern"]), run.seed.column(names["example"])
    for index, (pattern, example) in enumerate(zip(patterns, examples, strict=True)):
        framed = names["frame"].replace("{}", pattern)
        if why := run.rules.tables.why_no_pattern(framed):
            run.add(index, f"{shown(pattern)} is no pattern: {why}", pattern)
        elif not pattern or run.rules.tables.first_match(example, [framed]) is None:
            run.add(index, f"the pattern {shown(pattern)} is not found in its example {shown(example)}", example)


def _no(field: str) -> str:
    """`no indicator` for the field indicator_code."""
    for ending in _KEY_ENDINGS:
        field = field.removesuffix(ending)
    return f"no {field.replace('_', ' ')}"


KINDS: dict[str, Callable[[_Run], None]] = {
    "unique": _unique,
    "not_null": _not_null,
    "accepted_values": _accepted_values,
    "relationships": _relationships,
    "unique_together": _unique_together,
    "expression_is_true": _expression_is_true,
    "known_items": _known_items,
    "known_terms": _known_terms,
    "is_pattern": _is_pattern,
    "decides_its_example": _decides_its_example,
    "filled": _filled,
    "pattern_reads_example": _pattern_reads_example,
}

_OF_WHOLE_SEEDS = {
    *("unique_together", "expression_is_true", "decides_its_example", "filled", "pattern_reads_example"),
}


def hold(rules: Rules, name: str, test: DataTest) -> None:
    """Hold one data test against its seed; what fails becomes a problem of the seed's file. LookupError for a kind that
    is not known here."""
    if test.kind not in KINDS:
        raise LookupError("gongkai check does not know this kind")
    if bool(test.column) == (test.kind in _OF_WHOLE_SEEDS):
        raise LookupError(
            f"it belongs to {'the seed, not to a column' if test.column else 'a column, not to the seed'}"
        )
    KINDS[test.kind](_Run(rules, name, test))
