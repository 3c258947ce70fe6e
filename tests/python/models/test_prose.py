"""Prose is read right: the example of every rule, and sentences with all that must be read in them and nothing else.

All texts become one small warehouse, each a report of its own (of 2023), which one dbt run builds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from helpers.command import ROOT
from helpers.project import build_models

from gongkai.rules.examples import blocks
from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work, read_work

SENTENCES = ROOT / "tests" / "python" / "data" / "prose_sentences.csv"
Reading = tuple[str, str, Decimal, str]
Ask = Callable[..., list[tuple[Any, ...]]]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


FIGURE_RULES = rows(ROOT / "seeds" / "prose" / "prose_figures.csv")
ZERO_RULES = rows(ROOT / "seeds" / "prose" / "prose_zeros.csv")
READING_RULES = rows(ROOT / "seeds" / "prose" / "prose_readings.csv")
MEANINGS = rows(ROOT / "seeds" / "prose" / "prose_meanings.csv")
NUMBER_KINDS = rows(ROOT / "seeds" / "prose" / "number_kinds.csv")
SCOPES = sorted(rows(ROOT / "seeds" / "prose" / "prose_scopes.csv"), key=lambda row: int(row["scope_no"]))
LABEL_KINDS = rows(ROOT / "seeds" / "prose" / "label_kinds.csv")
WORDS = {row["word"]: row["meaning"] for row in rows(ROOT / "seeds" / "prose" / "prose_words.csv")}
CASES = rows(SENTENCES)


def texts() -> dict[str, str]:
    """Every text to read by its key."""
    found = {f"figure {rule['rule_id']}": rule["example"] for rule in FIGURE_RULES}
    found |= {f"zero {rule['zero_id']}": rule["example"] for rule in ZERO_RULES}
    found |= {f"reading {rule['reading_id']}": rule["example"] for rule in READING_RULES}
    found |= {f"meaning {row['reading_id']}": row["example"] for row in MEANINGS}
    found |= {f"number {row['kind']}": row["example"] for row in NUMBER_KINDS}
    found |= {f"label {row['kind']}": example_of_labels(row["examples"]) for row in LABEL_KINDS}
    found |= {f"sentence {number}": case["text"] for number, case in enumerate(CASES, start=2)}
    return found


def example_of_labels(labels: str) -> str:
    """A list of categories with labels that are none between two that are."""
    told = "，".join(f"{label}{number}条" for number, label in enumerate(labels.split("|"), start=20))
    return f"【主动公开情况】全年主动公开政府信息900条，其中政策文件类3条，{told}，工作动态类4条。"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse built from the texts, as the path of its published file."""
    published = tmp_path_factory.mktemp("prose") / "gongkai.duckdb"
    landed = [
        (key, number, kind, piece)
        for key, text in texts().items()
        for number, (kind, piece) in enumerate(blocks(text), start=1)
    ]
    with open_work(Warehouse(published)) as connection:
        connection.execute(
            "insert into raw.documents by name select unnest(?) as document_id, document_id || '.txt' as source_file,"
            " '' as archive_member, 'text/plain' as media_type, 0 as size_bytes, 'txt' as reader,"
            " '1' as reader_version, 0 as char_count, false as ocr_used, '{}' as properties,"
            " current_date as first_seen_at, current_date as last_seen_at, '1' as content_version",
            [list(texts())],
        )
        connection.execute(
            "insert into raw.blocks by name select unnest(?) as document_id, unnest(?)::integer as block_no,"
            " unnest(?) as kind, unnest(?) as text",
            [list(column) for column in zip(*landed, strict=True)],
        )
    assert build_models(published, "int_clauses_matched").failures == []
    return published


@pytest.fixture(scope="module")
def ask(warehouse: Path) -> Iterator[Ask]:
    """The answer of the work file to a query, with its parameters."""
    with read_work(Warehouse(warehouse)) as connection:
        yield lambda query, *given: connection.execute(query, given).fetchall()


@pytest.fixture(scope="module")
def readings(ask: Ask) -> dict[str, list[tuple[str, Reading]]]:
    """What was read in each text: (rule, (indicator, category, value, qualifier))."""
    found: dict[str, list[tuple[str, Reading]]] = {key: [] for key in texts()}
    for key, rule, *reading in ask(
        "select document_id, rule_id, indicator_code, coalesce(category_label, ''), value, qualifier"
        " from intermediate.int_clauses_matched where period_part = 'year' and scope_part = 'own'"
    ):
        found[key].append((rule, (reading[0], reading[1], reading[2], reading[3])))
    return found


@pytest.mark.parametrize("rule", FIGURE_RULES, ids=lambda rule: rule["rule_id"])
def test_the_example_of_a_figure_rule_is_read_by_it(
    rule: dict[str, str], readings: dict[str, list[tuple[str, Reading]]]
) -> None:
    found = [reading for rule_id, reading in readings[f"figure {rule['rule_id']}"] if rule_id == rule["rule_id"]]
    assert (rule["indicator_code"], "", Decimal(rule["example_value"]), rule["example_qualifier"]) in found


@pytest.mark.parametrize("rule", ZERO_RULES, ids=lambda rule: rule["zero_id"])
def test_the_example_of_a_zero_rule_is_read_by_it(
    rule: dict[str, str], readings: dict[str, list[tuple[str, Reading]]]
) -> None:
    found = [reading for rule_id, reading in readings[f"zero {rule['zero_id']}"] if rule_id == rule["zero_id"]]
    assert (rule["indicator_code"], "", Decimal(0), "exact") in found


@pytest.mark.parametrize("row", MEANINGS, ids=lambda row: row["reading_id"])
def test_the_example_of_a_composition_is_read(
    row: dict[str, str], ask: Ask, readings: dict[str, list[tuple[str, Reading]]]
) -> None:
    key = f"meaning {row['reading_id']}"
    right = (row["indicator_code"], "", Decimal(row["example_value"]), row["example_qualifier"])
    assert right in {reading for _, reading in readings[key]}
    assert (row["reading_id"],) in ask(
        "select reading_id from intermediate.int_figures_composed where document_id = ?", key
    )


def test_meanings_that_readings_need_are_those_of_words() -> None:
    known = {meaning for meanings in WORDS.values() for meaning in meanings.split()}
    slots = {meaning.split(".")[0] for meaning in known}
    topics = {f"topic.{row['topic']}" for row in rows(ROOT / "seeds" / "prose" / "prose_topics.csv")}
    around = {"section.form", "said.published"}
    around |= {f"scope.{name}" for row in SCOPES for name in (row["scope"], row["also"])}
    years = rows(ROOT / "seeds" / "indicators" / "disclosure_regimes.csv")
    around |= {f"{slot}.{row['from_year']}" for row in years for slot in ("since", "form")}
    for row in MEANINGS:
        for need in row["needs"].replace("+", " ").split():
            assert need.replace("near.", "topic.") in known | around, row["reading_id"]
        for name in row["forbids"].split():
            assert name.replace("near.", "topic.") in known | slots | topics | around, row["reading_id"]


@pytest.mark.parametrize("row", SCOPES, ids=lambda row: row["scope"])
def test_words_open_their_own_scope(row: dict[str, str]) -> None:
    """The first row by number that fits the words that come first decides."""
    told = re.search("|".join(f"(?P<{other['scope']}>{other['words']})" for other in SCOPES), row["example"])
    assert told is not None and told.lastgroup == row["scope"]


def test_every_pattern_is_asked_for_where_it_says() -> None:
    """But those that only stand in others."""
    patterns = rows(ROOT / "seeds" / "prose" / "prose_patterns.csv")
    asked = {
        (name, path.stem)
        for path in (ROOT / "models" / "prose").glob("*.sql")
        for name in re.findall(r"""prose_pattern\(["'](\w+)["']\)""", path.read_text("utf-8"))
    }
    assert asked == {(row["pattern_id"], row["model"]) for row in patterns}


@pytest.mark.parametrize("row", NUMBER_KINDS, ids=lambda row: row["kind"])
def test_the_example_of_a_number_kind_holds_one(row: dict[str, str], ask: Ask) -> None:
    assert (row["reason"],) in ask(
        "select no_figure_because from intermediate.int_numbers where document_id = ?", f"number {row['kind']}"
    )


@pytest.mark.parametrize("row", LABEL_KINDS, ids=lambda row: row["kind"])
def test_labels_of_a_kind_are_no_categories_and_the_list_goes_on_unless_it_is_of_carriers(
    row: dict[str, str], readings: dict[str, list[tuple[str, Reading]]]
) -> None:
    labels = {label for _, (_, label, _, _) in readings[f"label {row['kind']}"] if label}
    assert labels == ({"政策文件类"} if row["kind"] == "carrier" else {"政策文件类", "工作动态类"})


@pytest.fixture(scope="module")
def effects(ask: Ask) -> dict[str, set[str]]:
    """What the readings did to the figures of each text."""
    found: dict[str, set[str]] = {key: set() for key in texts()}
    for key, effect in ask("select document_id, unnest(effects) from intermediate.int_figures"):
        found[key].add(effect)
    return found


@pytest.mark.parametrize("rule", READING_RULES, ids=lambda rule: rule["reading_id"])
def test_the_example_of_a_reading_takes_its_effect(rule: dict[str, str], effects: dict[str, set[str]]) -> None:
    effect = f"{rule['effect']}: {rule['reason']}" if rule["reason"] else rule["effect"]
    assert effect in effects[f"reading {rule['reading_id']}"]


def test_evidence_is_found_where_it_is_said_to_stand(ask: Ask) -> None:
    wrong = ask(
        "select matched.* from intermediate.int_clauses_matched as matched"
        " inner join raw.blocks using (document_id, block_no)"
        " where evidence_text != substring(text, char_start + 1, char_end - char_start) or evidence_text = ''"
    )
    assert not wrong


def expected(text: str) -> set[Reading]:
    """Readings as the sentences write them: `fee.waived=5~at_least; disclosure.by_category[政策]=3`."""
    found = set()
    for item in filter(None, (item.strip() for item in text.split(";"))):
        match = re.fullmatch(r"([a-z_.]+)(?:\[(.*)\])?=([\d.]+)(?:~(\w+))?", item)
        assert match, item
        indicator, label, value, qualifier = match.groups()
        found.add((indicator, label or "", Decimal(value), qualifier or "exact"))
    return found


@pytest.mark.parametrize("line", range(2, len(CASES) + 2), ids=lambda line: f"line {line}")
def test_all_that_a_sentence_states_is_read_and_nothing_else(
    line: int, readings: dict[str, list[tuple[str, Reading]]]
) -> None:
    case = CASES[line - 2]
    assert {reading for _, reading in readings[f"sentence {line}"]} == expected(case["expected"]), case["text"]
