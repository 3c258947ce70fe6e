"""Compare a published warehouse with right answers: precision, recall and F1, qualifiers, metadata, calibration.

A gold file has one JSON object a line: `file`, the metadata fields of `FIELDS`, `facts` (indicator, value, and where
they apply qualifier, basis, applicant, category) and `ignore` (indicators that are arguable in that report). A line
with `"class": "other"` names a document that is no report.

A figure is right when indicator, applicant type, value and, for categories, a similar label agree. Figures on the
ignore list, and derived ones that the answer does not list, are left out of precision. Qualifiers and confidence are
scored over what is left.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from gongkai.warehouse import Warehouse
from gongkai.warehouse.sql import records
from ingest.errors import GongkaiError

FIELDS = {
    "agency": "agency_name",
    "agency_kind": "agency_kind",
    "level": "level_code",
    "region_code": "region_code",
    "year": "year",
    "period_start": "period_start",
    "period_end": "period_end",
    "form": "form",
    "published": "published_on",
}
"""Fields of an answer and the columns of marts.dim_report that they are compared with."""

_SIMILAR = 0.6
"""Share of equal characters (difflib) from which two category labels are the same."""

Gold = dict[str, Any]
Row = dict[str, Any]


@dataclass
class Tally:
    """Counts of figures right, missed and wrong, with their shares; an empty tally has precision and recall 1."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        together = self.precision + self.recall
        return 2 * self.precision * self.recall / together if together else 0.0

    def summary(self) -> dict[str, float | int]:
        shares = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {name: round(share, 4) for name, share in shares.items()} | {
            "right": self.right,
            "missed": self.missed,
            "wrong": self.wrong,
        }


@dataclass
class DocumentResult:
    """What was right and wrong in one report."""

    file: str
    found: bool
    tally: Tally
    missed: list[Gold] = field(default_factory=list)
    wrong: list[Row] = field(default_factory=list)
    qualifiers: list[tuple[Gold, Row]] = field(default_factory=list)
    """Right figures with another qualifier than the answer's."""
    metadata: list[tuple[str, Any, Any]] = field(default_factory=list)
    """Field, wanted, got."""

    @property
    def errors(self) -> int:
        return self.tally.missed + self.tally.wrong + len(self.metadata) + len(self.qualifiers) + 10 * (not self.found)


@dataclass
class ReportCard:
    """The figures over all answers; `summary` is what `--json` prints and what CI keeps."""

    total: Tally = field(default_factory=Tally)
    groups: dict[str, dict[str, Tally]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Tally)))
    """Tallies by `basis`, `form`, `format`, `fact` (first word of the indicator) and `indicator`."""
    metadata: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    qualifiers: Counter[str] = field(default_factory=Counter)
    confidence: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    documents: list[DocumentResult] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    """Documents that are no reports: `all`, and `taken` for a report."""

    @property
    def metadata_share(self) -> float:
        wanted = sum(count["wanted"] for count in self.metadata.values())
        return sum(count["right"] for count in self.metadata.values()) / wanted if wanted else 1.0

    @property
    def qualifier_share(self) -> float:
        return self.qualifiers["right"] / self.qualifiers["all"] if self.qualifiers["all"] else 1.0

    def worst(self, count: int) -> list[DocumentResult]:
        """The reports with the most errors, worst first; those without any are left out."""
        return sorted((d for d in self.documents if d.errors), key=lambda d: (-d.errors, d.file))[:count]

    def summary(self) -> dict[str, Any]:
        groups = {
            f"by_{name}": {key: tally.summary() for key, tally in sorted(tallies.items())}
            for name, tallies in sorted(self.groups.items())
        }
        return {
            "reports": len(self.documents),
            "not_found": sum(not d.found for d in self.documents),
            "reports_all_right": sum(d.found and not d.tally.missed and not d.tally.wrong for d in self.documents),
            "others": self.others["all"],
            "others_taken_for_reports": self.others["taken"],
            **self.total.summary(),
            "qualifier_accuracy": round(self.qualifier_share, 4),
            "metadata": round(self.metadata_share, 4),
            "metadata_by_field": {
                name: {"right": self.metadata[name]["right"], "wanted": self.metadata[name]["wanted"]}
                for name in FIELDS
                if name in self.metadata
            },
            "confidence": {
                name: {
                    "right": count["right"],
                    "selected": count["all"],
                    "share": round(count["right"] / count["all"], 4),
                }
                for name, count in sorted(self.confidence.items())
            },
            **groups,
        }


def squash(text: object) -> str:
    """Text without white space and width variants, so that two spellings of one name compare equal."""
    return "".join(unicodedata.normalize("NFKC", str("" if text is None else text)).split())


def same_label(one: str, other: str) -> bool:
    """Whether two category labels name the same thing: equal, one inside the other, or similar."""
    one, other = squash(one), squash(other)
    if one == other or (one and other and (one in other or other in one)):
        return True
    return difflib.SequenceMatcher(None, one, other).ratio() >= _SIMILAR


def half_of(file: str) -> str:
    """The half of a corpus that a report falls in, by its name alone: `learn` or `check`."""
    digest = hashlib.sha256(file.rsplit("/", 1)[-1].encode()).digest()
    return "check" if digest[0] % 2 else "learn"


def read_gold(paths: Iterable[Path]) -> list[Gold]:
    """The answers of all files; GongkaiError where a file cannot be read or a line is no answer."""
    answers: list[Gold] = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise GongkaiError(f"cannot read the gold file {path}: {error}; name a JSON Lines file in UTF-8") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                answer = json.loads(line)
            except json.JSONDecodeError as error:
                raise GongkaiError(
                    f"{path}, line {number}: {error.msg}; a gold file has one JSON object a line"
                ) from error
            if not isinstance(answer, dict) or "file" not in answer or not ("facts" in answer or "class" in answer):
                raise GongkaiError(f"{path}, line {number}: no answer; it needs file and facts, or file and class")
            answers.append(answer)
    return answers


def read_warehouse(warehouse: Warehouse) -> tuple[list[Row], dict[str, list[Row]]]:
    """The reports, and by report_id their selected observations; GongkaiError where there is no built warehouse."""
    if not warehouse.published.exists():
        raise GongkaiError(f"there is no warehouse at {warehouse} yet; make it with: gongkai run FOLDER")
    try:
        with duckdb.connect(str(warehouse.published), read_only=True) as connection:
            reports = records(connection, "select * from marts.dim_report order by report_id")
            observations = records(
                connection,
                "select report_id, indicator_code, applicant_type, category_label, value, qualifier, basis, "
                "confidence, evidence_text from marts.observations where is_selected order by all",
            )
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise GongkaiError(f"{warehouse} holds no published marts ({first}); build it with: gongkai build") from error
    by_report: dict[str, list[Row]] = defaultdict(list)
    for row in observations:
        by_report[str(row["report_id"])].append(row)
    return reports, by_report


def report_of_file(file: str, reports: Iterable[Row]) -> Row | None:
    """The report of a file by its whole path, the end of it, or its bare name; a current version before others."""
    reports = list(reports)
    base = file.rsplit("/", 1)[-1]
    mine = [r for r in reports if r["source_file"] == file or str(r["source_file"]).endswith("/" + file)]
    mine = mine or [r for r in reports if str(r["source_file"]).rsplit("/", 1)[-1] == base]
    return next((r for r in mine if r["is_current"]), mine[0] if mine else None)


def match_facts(facts: Iterable[Gold], found: Iterable[Row]) -> tuple[list[tuple[Gold, Row]], list[Gold], list[Row]]:
    """Pair the facts of an answer with observations: pairs, facts missed, observations left over."""
    pairs: list[tuple[Gold, Row]] = []
    missed: list[Gold] = []
    left = list(found)
    for fact in facts:
        hit = next((row for row in left if _agrees(fact, row)), None)
        if hit is None:
            missed.append(fact)
        else:
            left.remove(hit)
            pairs.append((fact, hit))
    return pairs, missed, left


def _agrees(fact: Gold, row: Row) -> bool:
    return (
        row["indicator_code"] == fact["indicator"]
        and (row["applicant_type"] or "all") == fact.get("applicant", "all")
        and Decimal(str(row["value"])) == Decimal(str(fact["value"]))
        and (not fact.get("category") or same_label(fact["category"], row["category_label"] or ""))
    )


def score(answers: Iterable[Gold], reports: list[Row], observations: Mapping[str, list[Row]]) -> ReportCard:
    """The report card of a warehouse against its answers."""
    card = ReportCard()
    for answer in answers:
        report = report_of_file(answer["file"], reports)
        if answer.get("class") == "other":
            card.others["all"] += 1
            card.others["taken"] += report is not None
            continue
        result = DocumentResult(answer["file"], report is not None, Tally())
        _score_metadata(card, result, answer, report)
        _score_figures(card, result, answer, observations.get(report["report_id"], []) if report else [])
        card.documents.append(result)
    return card


def _score_metadata(card: ReportCard, result: DocumentResult, answer: Gold, report: Row | None) -> None:
    for name, column in FIELDS.items():
        wanted = answer.get(name)
        if wanted is None:
            continue
        got = report[column] if report else None
        card.metadata[name]["wanted"] += 1
        if squash(got) == squash(wanted):
            card.metadata[name]["right"] += 1
        else:
            result.metadata.append((name, wanted, got))


def _score_figures(card: ReportCard, result: DocumentResult, answer: Gold, found: list[Row]) -> None:
    ignored = set(answer.get("ignore", []))
    pairs, result.missed, left = match_facts(
        [fact for fact in answer["facts"] if fact["indicator"] not in ignored],
        [row for row in found if row["indicator_code"] not in ignored],
    )
    result.wrong = [row for row in left if row["basis"] != "derived"]
    result.qualifiers = [(f, row) for f, row in pairs if f.get("qualifier", "exact") != row["qualifier"]]
    card.qualifiers["all"] += len(pairs)
    card.qualifiers["right"] += len(pairs) - len(result.qualifiers)
    for _, row in pairs:
        card.confidence[row["confidence"]].update(["all", "right"])
    for row in result.wrong:
        card.confidence[row["confidence"]].update(["all"])
    outcomes = [("right", f["indicator"], f.get("basis", "narrative")) for f, _ in pairs]
    outcomes += [("missed", f["indicator"], f.get("basis", "narrative")) for f in result.missed]
    outcomes += [("wrong", row["indicator_code"], row["basis"] or "narrative") for row in result.wrong]
    file_format = answer["file"].rsplit(".", 1)[-1].lower()
    for outcome, indicator, basis in outcomes:
        groups = {
            "basis": basis,
            "form": answer.get("form") or "unknown",
            "format": file_format,
            "fact": indicator.split(".")[0],
            "indicator": indicator,
        }
        for tally in [card.total, result.tally, *(card.groups[name][key] for name, key in groups.items())]:
            setattr(tally, outcome, getattr(tally, outcome) + 1)
