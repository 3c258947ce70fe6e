"""`gongkai check`: what is wrong with a seed is said with file, line and the nearest right word."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import yaml
from helpers.command import ROOT, Gongkai
from helpers.rules import FIGURES, LABELS, change, copy_of_rules
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gongkai.rules.checking import check_rules
from gongkai.rules.declarations import read_declarations
from gongkai.rules.kinds import KINDS
from gongkai.rules.problems import Problem
from gongkai.rules.seed_files import read_seed

SMALL_YAML = """
seeds:
  - name: fruits
    config:
      column_types:
        {code: varchar, rank: integer, weight: "decimal(20,4)", picked: date, sweet: boolean, parent: varchar}
    data_tests:
      - unique_together: {arguments: {columns: [rank, parent]}}
      - expression_is_true: {arguments: {expression: weight > 0}}
    columns:
      - {name: code, data_tests: [unique, not_null]}
      - name: parent
        data_tests:
          - relationships: {arguments: {to: ref('fruits'), field: code}}
  - name: baskets
    config:
      column_types: {basket: varchar, holds: varchar, pattern: varchar, seen: varchar, place: integer, note: varchar}
    data_tests:
      - decides_its_example: {arguments: {pattern: pattern, example: seen, order_by: place}}
    columns:
      - name: basket
        data_tests: [accepted_values: {arguments: {values: [big, small]}}]
      - name: holds
        data_tests:
          - known_items: {arguments: {separator: ";", to: ref('fruits'), field: code, beginnings: true, values: ["*"]}}
      - {name: pattern, data_tests: [is_pattern]}
"""
FRUITS = """code,rank,weight,picked,sweet,parent
fruit,1,1,2026-01-02,true,
fruit.apple,2,0.5,,false,fruit
fruit.pear,3,,,,fruit
"""
BASKETS = """basket,holds,pattern,seen,place,note
big,fruit.apple;fruit.pear,"^a{1,2}",aa,1,"two
lines"
small,*;fruit.,b|c,xc,2,
"""


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., list[Problem]]:
    """A project with two seeds, checked with the contents given."""

    def check(
        fruits: str | bytes = FRUITS, baskets: str | bytes = BASKETS, declared: str = SMALL_YAML
    ) -> list[Problem]:
        return check_rules(small_project(tmp_path, fruits, baskets, declared)).problems

    return check


def small_project(folder: Path, fruits: str | bytes, baskets: str | bytes, declared: str = SMALL_YAML) -> Path:
    (folder / "seeds").mkdir(exist_ok=True)
    if not (folder / "macros").exists():
        (folder / "macros").symlink_to(ROOT / "macros")
    (folder / "seeds" / "_seeds.yml").write_text(declared, "utf-8")
    for name, content in (("fruits", fruits), ("baskets", baskets)):
        (folder / "seeds" / f"{name}.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the rules of the project that a test may break."""
    return copy_of_rules(tmp_path)


def lines(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems]


def test_the_seeds_are_as_their_yaml_declares_them_and_each_example_is_read(gongkai: Gongkai) -> None:
    done = gongkai("check")
    seeds = len(list(ROOT.glob("seeds/*/*.csv")))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(rf"checked {seeds} seeds with [\d,]+ rows in [\d.]+ s, nothing wrong\n", done.stdout)


def test_faults_in_real_seeds_are_told_at_once_with_their_lines(project: Path) -> None:
    typo = change(project, LABELS, ",application.received,", ",application.recieved,")
    doubled = change(project, "seeds/metrics/metric_definitions.csv", "\ncompletion_rate,", "\nhandled,") + 1
    term = change(project, "seeds/checks/checks.csv", "+application.carried_in,=", "+application.caried_in,=")
    found = lines(check_rules(project).problems)
    assert (
        f"{LABELS}:{typo}: row_code 'application.recieved' is no indicator; the nearest is 'application.received'"
        in found
    )
    assert (
        f"seeds/metrics/metric_definitions.csv:{doubled}: metric_code 'handled' stands in line {doubled - 1} already"
        in found
    )
    assert (
        f"seeds/checks/checks.csv:{term}: left_side 'application.caried_in' is no indicator;"
        " the nearest is 'application.carried_in'" in found
    )
    assert len(found) == 3


def test_an_unquoted_comma_in_a_phrase_is_told_with_the_field_that_it_tore(project: Path) -> None:
    line = change(project, FIGURES, '"^[^，；。]{0,6}(?:专职|全职)"', "^[^，；。]{0,6}(?:专职|全职)")
    (problem,) = check_rules(project).problems
    assert (problem.file, problem.line) == (FIGURES, line)
    assert "18 fields, the header 17" in problem.message and '"^[^，；。]{0,6}' in problem.message


def test_an_example_that_its_own_row_does_not_read_is_told_with_what_reads_it(project: Path) -> None:
    figure = change(project, FIGURES, "减免费用85.5元", "支出费用85.5元")
    zero = change(project, "seeds/prose/prose_zeros.csv", "未接到有关政府信息公开的举报投诉", "未接到有关事项")
    reading = change(project, "seeds/prose/prose_readings.csv", ",每季度组织1次,", ",组织1次,")
    problems = check_rules(project).problems
    assert [(problem.file, problem.line) for problem in problems] == [
        (FIGURES, figure),
        ("seeds/prose/prose_readings.csv", reading),
        ("seeds/prose/prose_zeros.csv", zero),
    ]
    assert all("is not read by its own row" in problem.message for problem in problems)
    assert "fee_collected" in problems[0].message  # another row reads the fee
    assert check_rules(project, {"seeds/prose/measure_words.csv"}).problems == problems  # the same models read it


def test_what_looks_at_no_changed_file_is_not_looked_at_again(project: Path) -> None:
    change(project, LABELS, ",application.received,", ",application.recieved,")
    change(project, FIGURES, "减免费用85.5元", "支出费用85.5元")
    both = {LABELS, FIGURES}
    for changed, told in (
        ({LABELS}, {LABELS}),
        ({"seeds/indicators/indicators.csv"}, both),  # labels and examples look at it
        ({LABELS, "macros/words.sql"}, both),
        (set(), set()),
    ):
        assert {problem.file for problem in check_rules(project, changed).problems} == told, changed


def test_a_model_that_cannot_read_the_examples_is_told(project: Path) -> None:
    (project / "models").unlink()
    shutil.copytree(ROOT / "models", project / "models")
    model = project / "models" / "prose" / "int_prose_blocks.sql"
    model.write_text(model.read_text("utf-8").replace("document_id", "documnet_id"), "utf-8")
    (problem,) = check_rules(project).problems
    assert problem.file == "models/prose/int_prose_blocks.sql" and "documnet_id" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "file", "why"),
    [
        ("model: int_zeros_matched", "model: int_nothing", "models", "there is no model int_nothing"),
        ("rule.zero_id", "rule.zero", "seeds/prose/_prose__seeds.yml", '"zero"'),
    ],
)
def test_a_reader_of_examples_that_does_not_fit_is_told(project: Path, old: str, new: str, file: str, why: str) -> None:
    change(project, "seeds/prose/_prose__seeds.yml", old, new)
    (problem,) = check_rules(project).problems
    assert problem.file == file and why in problem.message


def test_a_bad_pattern_is_told_with_the_words_of_the_engine(project: Path) -> None:
    line = change(project, "seeds/documents/document_rules.csv", "(做好|报送", "((做好|报送")
    (problem, *_) = check_rules(project).problems
    assert (problem.file, problem.line, problem.column) == ("seeds/documents/document_rules.csv", line, "pattern")
    assert "missing )" in problem.message


COMMAS = "count its commas (an empty field needs its comma too)"
QUOTES = "a quote inside a field is written twice, and the field stands in quotes"
UNDECLARED = "is not declared in the YAML beside the file (column_types)"
NONE_OF = "'smal' is none of big, small; the nearest is 'small'"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("fruit.pear,3", "fruit.apple,3", "4: code 'fruit.apple' stands in line 3 already"),
        ("fruit.pear,3", ",3", "4: code is empty"),
        ("apple,2", "apple,2.5", "3: rank '2.5' is no integer"),
        ("0.5,", "half,", "3: weight 'half' is no decimal(20,4)"),
        ("2026-01-02", "2026-13-02", "2: picked '2026-13-02' is no date"),
        ("true", "wahr", "2: sweet 'wahr' is no boolean"),
        ("0.5,", "-0.5,", "3: against the rule weight > 0"),
        ("pear,3", "pear,2", "4: rank '2', parent 'fruit' stand together in line 3 already"),
        ("false,fruit", "false,friut", "3: parent 'friut' is no code; the nearest is 'fruit'"),
        ("parent\n", "parent,colour\n", f"1: the column 'colour' {UNDECLARED}"),
        ("weight", "wieght", f"1: the column 'wieght' {UNDECLARED}; the nearest is 'weight'"),
        ("sweet", "picked", "1: the column 'picked' stands more than once"),
        ("parent\n", "mother\n", "1: the column 'parent' is missing"),
        ("fruit.apple", "\nfruit.apple", "3: the line is empty: delete it"),
        ("0.5,,", "0.5,", f"3: the row has 5 fields, the header 6; {COMMAS}"),
    ],
)
def test_each_fault_of_a_row_or_header_is_one_line(
    small: Callable[..., list[Problem]], old: str, new: str, expected: str
) -> None:
    assert f"seeds/fruits.csv:{expected}" in lines(small(fruits=FRUITS.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("small,", "smal,", f"4: basket {NONE_OF}"),
        (";fruit.pear", ";fruit.paer", "2: holds 'fruit.paer' is no code; the nearest is 'fruit.pear'"),
        ("*;fruit.,", "*;fruid.,", "4: holds 'fruid.' is no code; the nearest is 'fruit'"),
        ("b|c", "b||c", "4: pattern 'b||c' has an empty alternative, which matches every text"),
        ("xc", "ac", "4: the example 'ac' is decided by the rule in line 2 before it"),
        ("xc", "xd", "4: the pattern does not match its example 'xd'"),
        ('lines"', "lines", f"2: a quoted field is never closed; {QUOTES}"),
        ('lines"', 'lines"x', f"2: a quote stands out of place; {QUOTES}"),
        (BASKETS, "", "1: the first line holds no names of columns"),
    ],
)
def test_each_fault_of_a_list_or_pattern_is_one_line(
    small: Callable[..., list[Problem]], old: str, new: str, expected: str
) -> None:
    assert f"seeds/baskets.csv:{expected}" in lines(small(baskets=BASKETS.replace(old, new, 1)))


def test_the_small_seeds_are_right(small: Callable[..., list[Problem]]) -> None:
    assert lines(small()) == []


SAVE = "save it as 'CSV UTF-8 (comma delimited)'"


@pytest.mark.parametrize(
    ("fruits", "expected"),
    [
        (FRUITS.replace("fruit.pear", "梨").encode("gbk"), f"4: the file is GBK, not UTF-8: {SAVE}"),
        (FRUITS.encode("utf-16"), f"1: the file is UTF-16, not UTF-8: {SAVE}"),
        (FRUITS.replace("pear", "p\xff").encode("latin-1"), f"4: the file is damaged, not UTF-8: {SAVE}"),
        (FRUITS.replace(",", ";"), f"1: the fields are set apart by semicolons, not commas: {SAVE}"),
        (FRUITS.replace(",", "\t"), f"1: the fields are set apart by tabs, not commas: {SAVE}"),
        (FRUITS.replace("\n", "\r"), f"1: the line ends unlike the first (LF, CRLF and CR are mixed): {SAVE}"),
        (FRUITS + "fruit.fig,4,,,,\r\n", f"5: the line ends unlike the first (LF, CRLF and CR are mixed): {SAVE}"),
        (FRUITS.replace("pear", "p\0"), f"4: a NUL character stands in the line: {SAVE}"),
    ],
)
def test_what_a_spreadsheet_saved_otherwise_is_refused_with_advice(
    small: Callable[..., list[Problem]], fruits: str | bytes, expected: str
) -> None:
    assert lines(small(fruits)) == [f"seeds/fruits.csv:{expected}"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_excel_saves_as_utf8_is_read_as_dbt_reads_it(tmp_path: Path, mark: str, end: str) -> None:
    """A mark and CRLF pass; dbt reads the columns through agate, and DuckDB copies the rows."""
    from dbt_common.clients.agate_helper import from_csv

    content = mark + FRUITS.replace("\n", end)
    project = small_project(tmp_path, content, BASKETS)
    assert lines(check_rules(project).problems) == []
    path = project / "seeds" / "fruits.csv"
    seed = read_seed(path, "seeds/fruits.csv", list(FRUITS.splitlines()[0].split(",")))
    assert list(from_csv(str(path), seed.header).column_names) == seed.header
    with duckdb.connect() as connection:
        connection.execute(f"create table fruits ({', '.join(f'{name} varchar' for name in seed.header)})")
        connection.execute(f"copy fruits from '{path}' (format csv, header true, delimiter ',')")
        assert [[value or "" for value in row] for row in connection.sql("from fruits").fetchall()] == seed.rows


def test_lines_are_counted_through_quoted_line_breaks(small: Callable[..., list[Problem]]) -> None:
    rows = [f'big,fruit,x{place},x{place},{place},"one\n{"two" * place}\n"' for place in range(1, 4)]
    content = "\n".join(["basket,holds,pattern,seen,place,note", *rows, "bg,fruit,z,z,9,", ""])
    line = content[: content.index("bg,")].count("\n") + 1
    assert line == 11
    assert lines(small(baskets=content)) == [
        f"seeds/baskets.csv:{line}: basket 'bg' is none of big, small; the nearest is 'big'"
    ]


def test_what_looks_at_a_broken_seed_waits(small: Callable[..., list[Problem]]) -> None:
    assert lines(small(FRUITS + "fruit.fig\n")) == [f"seeds/fruits.csv:5: the row has 1 fields, the header 6; {COMMAS}"]


def test_a_seed_without_yaml_and_yaml_without_a_seed_are_told(tmp_path: Path) -> None:
    project = small_project(tmp_path, FRUITS, BASKETS)
    (project / "seeds" / "fruits.csv").rename(project / "seeds" / "fruit.csv")
    found = lines(check_rules(project).problems)
    assert "seeds/fruit.csv:1: no YAML in its folder declares this seed" in found
    assert "seeds/_seeds.yml:3: the seed fruits is declared, but there is no fruits.csv" in found


def test_yaml_that_cannot_be_read_is_told_with_its_line(small: Callable[..., list[Problem]]) -> None:
    (problem,) = small(declared=SMALL_YAML + "  - name: [\n")
    assert problem.file == "seeds/_seeds.yml" and problem.line > 25


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[is_pattern]", "[looks_nice]", "gongkai check does not know this kind"),
        ("weight > 0", "wight > 0", "wight"),
        ("{name: pattern, data_tests", "{name: patern, data_tests", "patern"),
        ("field: code}", "field: kode}", "kode"),
    ],
)
def test_a_data_test_that_cannot_be_held_is_told(
    small: Callable[..., list[Problem]], old: str, new: str, why: str
) -> None:
    (problem, *_) = small(declared=SMALL_YAML.replace(old, new))
    assert problem.file == "seeds/_seeds.yml" and "cannot be held against the rows" in problem.message
    assert why in problem.message


def test_every_data_test_that_a_seed_declares_is_interpreted() -> None:
    seeds, problems = read_declarations(ROOT)
    assert problems == []
    declared = 0
    for path in sorted(ROOT.glob("seeds/*/*.yml")):
        for seed in yaml.safe_load(path.read_text("utf-8"))["seeds"]:
            for holder in (seed, *(seed.get("columns") or [])):
                declared += len(holder.get("data_tests") or [])
    tests = [test for seed in seeds.values() for test in seed.tests]
    assert len(tests) == declared
    assert {test.kind for test in tests} <= set(KINDS)


def test_every_seed_has_its_key_declared() -> None:
    seeds, _ = read_declarations(ROOT)
    keyless = [
        name for name, seed in seeds.items() if not {test.kind for test in seed.tests} & {"unique", "unique_together"}
    ]
    assert sorted(keyless) == []


DAMAGES = st.lists(
    st.tuples(
        st.integers(0, len(BASKETS.encode()) - 1),
        st.integers(0, 12),
        st.sampled_from(
            [b"", b'"', b",", b"\n", b"\r", b"\r\n", b";", b"\0", b"\xff", b"\xef\xbb\xbf", "梨".encode(), b"(", b"\\"]
        )
        | st.binary(max_size=4),
    ),
    min_size=1,
    max_size=4,
)


@given(DAMAGES)
@example([(0, 1, b"\xff\xfe")])
@example([(len(BASKETS) - 1, 1, b'"')])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_seed_never_breaks_the_check_and_each_message_names_file_and_line(
    tmp_path: Path, damages: list[tuple[int, int, bytes]]
) -> None:
    content = BASKETS.encode()
    for place, length, put in damages:
        content = content[:place] + put + content[place + length :]
    problems = check_rules(small_project(tmp_path, FRUITS, content)).problems
    last = content.count(b"\n") + content.count(b"\r") + 1
    for problem in problems:
        assert problem.file == "seeds/baskets.csv" and 1 <= problem.line <= last and problem.message
        assert re.match(r"seeds/baskets\.csv:\d+: ", str(problem))
    assert problems or is_read_by_duckdb(tmp_path / "seeds" / "baskets.csv")


def is_read_by_duckdb(path: Path) -> bool:
    """Whether DuckDB, told the columns, reads the very fields that Python's csv reads."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        header, *rows = list(csv.reader(text))
    with duckdb.connect() as connection:
        connection.execute(f"create table seed ({', '.join(f'{name} varchar' for name in header)})")
        connection.execute(f"copy seed from '{path}' (format csv, header true, delimiter ',')")
        return [[value or "" for value in row] for row in connection.sql("from seed").fetchall()] == rows
