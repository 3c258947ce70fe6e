"""Rules stand in seeds: words and patterns that an analyst may want to change are rows, and code holds grammar only:
the way a number, a date, a clause or a heading is cut.

`rules_in_code.csv` beside this file says, file by file, how much Chinese text and how many alternatives of regular
expressions code may hold, and why (`prose`: patterns of the models of prose; `open`: lists are among them that belong
in a seed). It is never raised to make room for a list; where a list has moved to a seed,

    .venv/bin/python tests/python/project/test_rules_in_seeds.py

lowers it to what is there.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ALLOWED = Path(__file__).with_name("rules_in_code.csv")
HAN = re.compile(r"[\u4e00-\u9fff〇]")
SQL_COMMENT_OR_STRING = re.compile(r"\{#.*?#\}|--[^\n]*|'(?:[^'\n]|'')*'", re.DOTALL)
JINJA_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
QUOTED = re.compile(r"'(?:[^'\n]|'')*'")
QUOTED_IN_TAG = re.compile(r"""'[^']*'|"[^"]*\"""")

GOAL = 8.0
"""Per cent of all alternatives that may stand in SQL, without the models of prose."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds: pieces of Chinese text, and bars between the alternatives of regular expressions."""

    chinese: int = 0
    bars: int = 0


def held_by_sql(text: str) -> Held:
    """What is in literals, in Jinja's strings, and in the text of macros and set blocks, comments left out."""
    code = SQL_COMMENT_OR_STRING.sub(lambda found: found[0] if found[0].startswith("'") else " ", text)
    tags = " ".join(JINJA_TAG.findall(code))
    plain = JINJA_TAG.sub(" ", code).replace("||", "")
    strings = QUOTED_IN_TAG.findall(tags)
    pieces = [*strings, *QUOTED.findall(plain), *QUOTED.sub("", plain).splitlines()]
    return Held(sum(bool(HAN.search(piece)) for piece in pieces), plain.count("|") + sum(map(_bars, strings)))


def held_by_python(text: str) -> Held:
    """What is in string constants, docstrings left out."""
    strings = [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for string in _docstrings(ast.parse(text)):
        strings.remove(string)
    return Held(sum(bool(HAN.search(string)) for string in strings), sum(map(_bars, strings)))


def _bars(string: str) -> int:
    return string.replace("||", "").count("|")


def _docstrings(tree: ast.Module) -> Iterator[str]:
    """The strings that stand as statements: docstrings, and what is said below a constant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def held() -> dict[str, Held]:
    """What each file of models, macros and ingest holds, by its path in the project; files without rules left out."""
    found = {}
    for folder, pattern, measure in (
        ("models", "*.sql", held_by_sql),
        ("macros", "*.sql", held_by_sql),
        ("ingest", "*.py", held_by_python),
    ):
        for path in sorted((ROOT / folder).rglob(pattern)):
            found[path.relative_to(ROOT).as_posix()] = measure(path.read_text("utf-8"))
    return {path: each for path, each in found.items() if each != Held()}


def allowed() -> dict[str, dict[str, str]]:
    with ALLOWED.open(encoding="utf-8", newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


def share_of_sql() -> tuple[float, float]:
    """Per cent of all alternatives that stand in SQL, with the models of prose and without."""
    rows = allowed()
    in_sql = {path: each.bars for path, each in held().items() if path.endswith(".sql")}
    of_prose = sum(bars for path, bars in in_sql.items() if rows.get(path, {}).get("kind") == "prose")
    in_seeds = sum(path.read_text("utf-8").count("|") for path in (ROOT / "seeds").rglob("*.csv"))
    total = sum(in_sql.values())
    return 100 * total / (total + in_seeds), 100 * (total - of_prose) / (total - of_prose + in_seeds)


def test_code_holds_no_more_rules_than_allowed() -> None:
    with_prose, without = share_of_sql()
    share = f"{with_prose:.1f} % of all alternatives stand in SQL, {without:.1f} % without prose (goal: {GOAL:.0f} %)"
    rows = allowed()
    over = []
    for path, each in held().items():
        chinese, bars = (int(rows[path][key]) if path in rows else 0 for key in ("chinese", "bars"))
        if each.chinese > chinese or each.bars > bars:
            over.append(
                f"{path} holds {each.chinese} pieces of Chinese and {each.bars} bars; {chinese} and {bars} are allowed"
            )
    assert over == [], f"what an analyst may want to change is a row of a seed; {share}"
    assert without < GOAL, share


def test_what_is_allowed_is_what_is_there() -> None:
    """No room is left for a list to come back to where one was."""
    found = held()
    slack = []
    for path, row in allowed().items():
        each = found.get(path, Held())
        if int(row["chinese"]) > each.chinese or int(row["bars"]) > each.bars:
            slack.append(f"{path}: {row['chinese']} and {row['bars']} are allowed, {each} is there")
    assert slack == [], "lower it: .venv/bin/python tests/python/project/test_rules_in_seeds.py"


@pytest.mark.parametrize(
    ("macro", "seed"), [("weight", "who/evidence_weights.csv"), ("threshold", "checks/check_thresholds.csv")]
)
def test_every_number_is_asked_for_and_known(macro: str, seed: str) -> None:
    with (ROOT / "seeds" / seed).open(encoding="utf-8", newline="") as file:
        known = {row[f"{macro}_name"] for row in csv.DictReader(file)}
    files = [path for folder in ("models", "macros") for path in (ROOT / folder).rglob("*.sql")]
    code = "".join(path.read_text("utf-8") for path in files)
    assert set(re.findall(rf"\b{macro}\('(\w+)'\)", code)) == known


def test_what_counts_as_a_rule() -> None:
    sql = """{# 甲|乙 #} {%- set words -%}甲|乙{%- endset -%}
        select regexp_matches(a || b, '丙|丁') -- 戊|己
        where c = '{{ words('list', "kind = '庚|辛'") | upper }}' and d = '--|'"""
    assert held_by_sql(sql) == Held(3, 4)
    python = '"""甲|乙"""\nWORDS = "丙|丁" "戊"\n"""己"""\n# 庚|辛\n'
    assert held_by_python(python) == Held(1, 1)


def _lower() -> None:
    """Write the list anew with what is there now where that is less."""
    found = held()
    rows = list(allowed().values())
    for row in rows:
        each = found.get(row["path"], Held())
        row["chinese"] = str(min(int(row["chinese"]), each.chinese))
        row["bars"] = str(min(int(row["bars"]), each.bars))
    with ALLOWED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["path", "chinese", "bars", "kind", "what"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if (row["chinese"], row["bars"]) != ("0", "0"))


if __name__ == "__main__":
    _lower()
