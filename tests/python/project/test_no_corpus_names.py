"""Rules are for constructions, never for documents: no seed row, model or line of code names one of the corpus.

The region seeds, and the script that makes them, hold every place of the country and are left out.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from helpers.command import ROOT

CORPUS = Path(os.environ.get("GONGKAI_CORPUS", ROOT.parent / "shared" / "corpus"))
PLACES = {"regions.csv", "townships.csv", "region_aliases.csv", "dialling.csv", "rebuild_regions.py"}
OFFICES = ("人民政府办公室", "人民政府", "街道办事处", "办事处", "管理委员会")

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not CORPUS.is_dir(), reason=f"no development corpus at {CORPUS}; set GONGKAI_CORPUS to a copy of it"
    ),
]


def answers() -> list[dict]:
    lines = [line for path in sorted(CORPUS.glob("gold*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.strip()]


def names_of(answer: dict) -> set[str]:
    """What would give a report away: its file, its agency, the place that the agency is named after, its county."""
    stem = Path(answer["file"]).stem
    names = {stem, "-".join(stem.split("-")[:2])}
    if answer["agency"]:
        names.add(answer["agency"])
        names |= {answer["agency"].removesuffix(office) for office in OFFICES}
    names |= set((answer["region_path"] or [])[1:])
    return {name for name in names if len(name) >= 3}


def rule_files() -> list[Path]:
    folders = ["seeds", "models", "macros", "gongkai", "ingest", "scripts"]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    wanted = {".csv", ".sql", ".py", ".yml", ".yaml", ".json", ".txt"}
    return [path for path in files if path.is_file() and path.suffix in wanted and path.name not in PLACES]


def test_the_corpus_has_names_to_look_for() -> None:
    found = answers()
    assert len(found) > 40
    assert all(names_of(answer) for answer in found)


def test_no_rule_or_code_names_a_report_an_agency_or_a_place_of_the_corpus() -> None:
    names = sorted({name for answer in answers() for name in names_of(answer)}, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(name) for name in names))
    hits = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in rule_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (match := pattern.search(line))
    ]
    assert hits == []


def test_no_example_of_a_rule_is_copied_from_the_corpus() -> None:
    """A run of characters with a figure in it that stands in one report only must not stand in a seed."""
    run = 14
    seen: dict[str, int] = {}
    for path in sorted(CORPUS.rglob("*.txt")) + sorted(CORPUS.rglob("*.html")) + sorted(CORPUS.rglob("*.md")):
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("gb18030", "replace")
        text = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", text))
        text = re.sub(r"\d{4}年(\d+月)?(\d+日)?", "", text)
        for piece in {text[at : at + run] for at in range(len(text) - run)}:
            if re.search(r"[1-9]", piece) and len(re.findall(r"[\u4e00-\u9fff]", piece)) >= 8:
                seen[piece] = seen.get(piece, 0) + 1
    single = {piece for piece, count in seen.items() if count == 1}
    hits = []
    for path in (ROOT / "seeds").rglob("*.csv"):
        if path.name in PLACES:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            plain = re.sub(r"\s+", "", line)
            plain = re.sub(r"\d{4}年(\d+月)?(\d+日)?", "", plain)
            copied = next(
                (p for p in (plain[at : at + run] for at in range(len(plain) - run + 1)) if p in single), None
            )
            if copied:
                hits.append(f"{path.name}:{number}: {copied}")
    assert hits == []
