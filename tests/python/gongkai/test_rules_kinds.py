"""The kinds of data tests as `gongkai check` reads them, compared with the SQL that dbt runs for them."""

from __future__ import annotations

import csv
import re
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest
import yaml
from helpers.command import ROOT

from gongkai.rules.checking import check_rules
from gongkai.rules.declarations import DataTest
from gongkai.rules.kinds import KINDS
from gongkai.rules.templates import Templates

DBT = Path((find_spec("dbt.include.global_project").submodule_search_locations or [""])[0])  # type: ignore[union-attr]

KNOWN = {"to": "ref('known')", "field": "known"}
BROKEN_ROWS: list[tuple[str, str, dict[str, object], list[str]]] = [
    ("unique", "code", {}, ["a", "b", "a", ""]),
    ("not_null", "code", {}, ["a", "", "b"]),
    ("accepted_values", "code", {"values": ["a", "b"]}, ["a", "c", ""]),
    ("relationships", "code", KNOWN, ["apple", "pear", "aple", ""]),
    (
        "known_items",
        "code",
        KNOWN | {"separator": ";", "values": ["*"]},
        ["apple;*", "pear;apple", "apple;aple", "", "apple;"],
    ),
    ("known_items", "code", KNOWN | {"beginnings": True}, ["ap.", "fig.", "fig.d", "fi", ""]),
    ("known_items", "code", KNOWN | {"field_separator": "."}, ["fig", "dried", "fig.dried", ""]),
    ("is_pattern", "code", {}, ["a(b", "a|b", "a||b", "|a", "a|", r"a\|", "[", ""]),
    (
        "known_terms",
        "code",
        KNOWN | {"applicants": "ref('applicants')", "places": ["previous"], "also": ["extra"]},
        [
            "+apple -2*pear@previous",
            "+aple",
            "+apple:all",
            "+apple:al",
            "+apple@next",
            "0",
            "-1.5*extra",
            "apple +",
            "+apple  +pear",
            "*2",
            "",
        ],
    ),
    ("expression_is_true", "", {"expression": "code > 'b'"}, ["a", "c", ""]),
    ("unique_together", "", {"columns": ["code", "note"]}, ["a", "a", "b", ""]),
    (
        "decides_its_example",
        "",
        {"pattern": "code", "example": "note", "order_by": "place"},
        ["n", "x", "no", "^note$"],
    ),
    ("filled", "", {"columns": ["code", "note"]}, ["a", ""]),
    ("pattern_reads_example", "", {"pattern": "code", "example": "note"}, ["n", "x", "^no", "(", ""]),
    ("pattern_reads_example", "", {"pattern": "code", "example": "note", "frame": "^(?:{})$"}, ["no", "n|note"]),
]


@pytest.mark.parametrize(("kind", "column", "arguments", "values"), BROKEN_ROWS, ids=lambda each: str(each)[:20])
def test_the_check_fails_where_the_sql_of_the_data_test_fails(
    tmp_path: Path, kind: str, column: str, arguments: dict[str, object], values: list[str]
) -> None:
    """dbt runs the SQL, `gongkai check` reads the same declaration in Python: both find fault, or neither."""
    for kept in [[value] for value in values] + [values]:
        content = "code,note,place\n" + "".join(f'"{value}",note,{place}\n' for place, value in enumerate(kept, 1))
        found = check_rules(project_of(tmp_path, content, DataTest(kind, column, arguments))).problems
        assert all(problem.file == "seeds/tried.csv" for problem in found), found
        assert bool(found) == bool(rows_against(content, DataTest(kind, column, arguments))), (kept, found)


def project_of(folder: Path, content: str, test: DataTest) -> Path:
    """A project with the seed `tried`, of which one data test is declared, and two seeds that it may look at."""
    declared: dict[str, object] = {test.kind: {"arguments": test.arguments}} if test.arguments else {test.kind: {}}
    tried: dict[str, object] = {"name": "tried"}
    tried["config"] = {"column_types": {"code": "varchar", "note": "varchar", "place": "integer"}}
    if test.column:
        tried["columns"] = [{"name": test.column, "data_tests": [declared]}]
    else:
        tried["data_tests"] = [declared]
    others = [
        {"name": name, "config": {"column_types": {column: "varchar"}}}
        for name, column in (("known", "known"), ("applicants", "applicant_type"))
    ]
    (folder / "seeds").mkdir(exist_ok=True)
    if not (folder / "macros").exists():
        (folder / "macros").symlink_to(ROOT / "macros")
    (folder / "seeds" / "_seeds.yml").write_text(yaml.safe_dump({"seeds": [tried, *others]}), "utf-8")
    (folder / "seeds" / "tried.csv").write_text(content, "utf-8")
    (folder / "seeds" / "known.csv").write_text("known\napple\npear\nfig.dried\n", "utf-8")
    (folder / "seeds" / "applicants.csv").write_text("applicant_type\nall\n", "utf-8")
    return folder


def rows_against(content: str, test: DataTest) -> list[object]:
    """What the SQL of the data test finds, dbt's own or that of tests/generic, rendered as dbt renders it."""
    own = ROOT / "tests" / "generic" / f"{test.kind}.sql"
    templates = Templates(ROOT)
    templates.give(should_store_failures=lambda: False)
    arguments: dict[str, object] = {"model": "tried"} | ({"column_name": test.column} if test.column else {})
    for name, value in test.arguments.items():
        arguments[name] = re.sub(r"ref\('(\w+)'\)", r"\1", value) if isinstance(value, str) else value
    if own.is_file():
        text = re.sub(r"{% test ", "{% macro ", own.read_text("utf-8")).replace("endtest", "endmacro")
    else:
        path = DBT / "macros" / "generic_test_sql" / f"{test.kind}.sql"
        text = path.read_text("utf-8").replace(f"default__test_{test.kind}", test.kind)
    macro = getattr(templates.environment.from_string(text).module, test.kind)
    with duckdb.connect() as connection:
        connection.execute("create table known as select unnest(['apple', 'pear', 'fig.dried']) as known")
        connection.execute("create table applicants as select 'all' as applicant_type")
        connection.execute("create table tried (code varchar, note varchar, place integer)")
        for row in list(csv.reader(content.splitlines()))[1:]:
            connection.execute("insert into tried values (nullif(?, ''), ?, ?)", row)
        try:
            return connection.execute(macro(**arguments)).fetchall()
        except duckdb.InvalidInputException as error:  # a pattern that is none, as decides_its_example meets it
            return [str(error)]


def test_every_kind_is_compared() -> None:
    assert {kind for kind, *_ in BROKEN_ROWS} == set(KINDS)
