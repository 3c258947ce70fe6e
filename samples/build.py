"""Build the sample reports and their right answers from the sources beside this file.

    .venv/bin/python samples/build.py [--sources DIR] [--out DIR] [--check]

A source is a TOML file (see README.md): what kind of file to write, the text with its tables, the figures on the
forms, and the right answers. `--check` writes nothing and fails where a committed text sample or gold.jsonl differs
from its source. The scan needs a Chinese font on the machine; where there is none it is left as committed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import forms
import writers

HERE = Path(__file__).parent
GOLD_FIELDS = [
    "agency", "agency_kind", "level", "region_code", "region_path", "year", "period_start", "period_end",
    "published", "form",
]  # fmt: skip
QUALIFIERS = {"about", "at_least", "at_most"}
BASES = {"negation", "narrative", "table", "derived"}


def parse_fact(line: str) -> dict[str, Any]:
    """`indicator = value [qualifier] [basis] [/ category]` as a gold fact; ValueError where a word is unknown."""
    code, _, rest = line.partition(" = ")
    rest, _, category = rest.partition(" / ")
    value, *words = rest.split()
    fact: dict[str, Any] = {"indicator": code.strip(), "value": float(value) if "." in value else int(value)}
    for word in words:
        if word in QUALIFIERS:
            fact["qualifier"] = word
        elif word in BASES:
            fact["basis"] = word
        else:
            raise ValueError(f"unknown word {word!r} in fact {line!r}")
    fact.setdefault("basis", "narrative")
    if category:
        fact["category"] = category
    return fact


def hand_grid(lines: list[str]) -> forms.Grid:
    """A grid written in the source, a row a line, cells between bars; `<` joins a cell to the one on its left."""
    grid: forms.Grid = []
    for line in lines:
        row: list[forms.Cell] = []
        for text in line.split("|"):
            if text.strip() == "<" and row:
                row[-1] = (row[-1][0], 1, row[-1][2] + 1)
            else:
                row.append((text.strip(), 1, 1))
        grid.append(row)
    return grid


def parts(source: dict[str, Any]) -> tuple[list[tuple[str, Any]], list[dict[str, Any]]]:
    """The document as (kind, content) parts, and the facts that its forms state."""
    out: list[tuple[str, Any]] = []
    facts: list[dict[str, Any]] = []
    for raw in source["text"].strip("\n").split("\n"):
        line = raw.strip("\n")
        if not line.strip():
            continue
        if line.startswith("@"):
            name = line[1:].strip()
            if name in forms.TABLES:
                grid, stated = forms.TABLES[name](source["form"])
                facts += stated
            else:
                grid = hand_grid(source["grids"][name])
            out.append(("table", grid))
        elif line.startswith("## "):
            out.append(("heading", line[3:]))
        elif line.startswith("# "):
            out.append(("title", line[2:]))
        else:
            out.append(("paragraph", line))
    return out, facts


def gold_line(source: dict[str, Any], stated: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The right answer of a report; None for a document that is none."""
    gold = source.get("gold")
    if gold is None:
        return None
    line = {"file": source["file"], **{field: gold.get(field) for field in GOLD_FIELDS}}
    line["facts"] = stated + [parse_fact(fact) for fact in gold.get("facts", [])]
    line |= {"ignore": gold.get("ignore", []), "findings": gold.get("findings", []), "hard": gold.get("hard", "")}
    return line | {"checks": gold.get("checks", [])}


def build(sources: Path, out: Path, check: bool) -> list[str]:
    """Write (or check) every sample; returns the names of those that differ."""
    answers, scans, others, differ = [], [], [], []
    for path in sorted(sources.glob("*.toml")):
        source = tomllib.loads(path.read_text(encoding="utf-8"))
        document, stated = parts(source)
        answer = gold_line(source, stated)
        if answer is None:
            others.append(source["file"])
        else:
            (scans if source["format"] == "scan" else answers).append(answer)
        target = out / "reports" / source["file"]
        is_text = target.suffix in {".txt", ".md", ".html", ".htm"}
        if check and not is_text:
            if not target.is_file():
                differ.append(target.name)
            continue
        content = writers.write(source, document)
        if content is None:
            print(f"{target.name}: no Chinese font on this machine, left as it is", file=sys.stderr)
        elif check:
            if not target.is_file() or target.read_bytes() != content:
                differ.append(target.name)
        else:
            target.write_bytes(content)
    listing = [{"file": name, "class": "other"} for name in others]
    for name, rows in (("gold.jsonl", answers), ("gold-scan.jsonl", scans), ("others.jsonl", listing)):
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        target = out / name
        if not check:
            target.write_text(content, encoding="utf-8")
        elif not target.is_file() or target.read_text(encoding="utf-8") != content:
            differ.append(name)
    return differ


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, default=HERE / "sources")
    parser.add_argument("--out", type=Path, default=HERE, help="gets reports/, gold.jsonl and others.jsonl")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    (arguments.out / "reports").mkdir(parents=True, exist_ok=True)
    differ = build(arguments.sources, arguments.out, arguments.check)
    for name in differ:
        print(f"{name}: differs from its source; run samples/build.py", file=sys.stderr)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
