"""`gongkai review` writes what was answered into the two seed files; `gongkai metrics` lists and explains."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment
from helpers.processes import PATIENCE

from gongkai.commands.metrics import in_words
from gongkai.reports.reviewing import Correction, Finding, Reading, Seeds, Verdict
from ingest.errors import GongkaiError

READING = Reading("application.received", "收到申请数", "all", None, Decimal("12.5000"), "case", "table", True, "12")


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Copies of the two files with their heads alone."""
    for name in ("verdicts.csv", "corrections.csv"):
        head = (ROOT / "seeds" / "people" / name).read_text(encoding="utf-8").splitlines()[0]
        (tmp_path / name).write_text(head + "\n", encoding="utf-8")
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def review(published: Path, seeds: Path, answers: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A review whose terminal gives these answers and then ends."""
    return subprocess.run(
        [sys.executable, "-m", "gongkai.cli", "review", "--seeds", str(seeds), "--by", "测试", *arguments],
        cwd=ROOT,
        env=gongkai_environment(published),
        input="".join(f"{answer}\n" for answer in answers),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def finding_with_figures(published: Path) -> tuple[str, str, str]:
    """A finding that compares figures: its id, its report, its check."""
    with duckdb.connect(str(published), read_only=True) as connection:
        row = connection.execute(
            "select finding_id, report_id, check_code from marts.findings where severity in ('hard', 'soft') "
            "and len(observation_ids) > 1 order by finding_id limit 1"
        ).fetchone()
    assert row is not None
    return row


def test_answers_become_rows(built_samples: Path, seeds: Path) -> None:
    _, report_id, _ = finding_with_figures(built_samples)
    done = review(built_samples, seeds, ["z", "c", "1", "s", "7", "a slip", "page 3", "d", "their mistake"], report_id)
    assert done.returncode == 0, done.stderr
    assert "one letter of those shown" in done.stdout and "2 rows written" in done.stdout
    (verdict,) = rows(seeds / "verdicts.csv")
    assert verdict["report_id"] == report_id and verdict["finding_id"].startswith("f") and verdict["check_code"]
    assert (verdict["verdict"], verdict["note"], verdict["decided_by"]) == ("data_error", "their mistake", "测试")
    (correction,) = rows(seeds / "corrections.csv")
    assert correction["report_id"] == report_id
    assert (correction["action"], correction["value"], correction["reason"]) == ("set", "7", "a slip")
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        current = connection.execute(
            "select max(value) from marts.observations where report_id = ? and indicator_code = ? and is_selected "
            "and applicant_type = ?",
            [report_id, correction["indicator_code"], correction["applicant_type"]],
        ).fetchone()
    assert current is not None and Decimal(correction["expected_value"]) == current[0]


def test_a_finding_with_a_verdict_is_not_asked_again(built_samples: Path, seeds: Path) -> None:
    finding_id, report_id, _ = finding_with_figures(built_samples)
    before = int(review(built_samples, seeds, [], report_id).stdout.split()[0])
    finding = Finding(finding_id, report_id, "x.txt", None, None, "hard", "T3-BAL", "", "", [])
    Seeds(seeds, "x", date(2026, 1, 1)).add_verdict(Verdict(finding, "accepted", ""))
    after = int(review(built_samples, seeds, [], report_id).stdout.split()[0])
    assert (before >= 1, after) == (True, before - 1)


def test_stopping_at_any_question_keeps_what_was_written(built_samples: Path, seeds: Path) -> None:
    done = review(built_samples, seeds, ["a", "so it is"])
    assert done.returncode == 0 and "1 rows written" in done.stdout
    assert len(rows(seeds / "verdicts.csv")) == 1
    quit_at_once = review(built_samples, seeds, ["q"])
    assert quit_at_once.returncode == 0 and "0 rows written" in quit_at_once.stdout


def test_wrong_severity_is_wrong_usage(built_samples: Path, seeds: Path) -> None:
    done = review(built_samples, seeds, [], "--severity", "grave")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_a_figure_is_corrected_once_and_a_file_without_line_end_is_mended(seeds: Path) -> None:
    path = seeds / "corrections.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    files = Seeds(seeds, "甲", date(2026, 1, 2))
    correction = Correction("r1", "a/报告,1.txt", READING, "set", Decimal("13.50"), 'say "so"', "")
    files.add_correction(correction)
    (row,) = rows(path)
    assert (row["source_file"], row["expected_value"], row["value"]) == ("a/报告,1.txt", "12.5", "13.5")
    assert (row["reason"], row["decided_on"]) == ('say "so"', "2026-01-02")
    with pytest.raises(GongkaiError, match="has a correction"):
        files.add_correction(correction)
    with pytest.raises(GongkaiError, match="has a correction"):
        Seeds(seeds, "乙", date(2026, 1, 3)).add_correction(correction)


def test_a_seed_file_with_other_columns_is_refused(seeds: Path) -> None:
    (seeds / "verdicts.csv").write_text("id,verdict\n", encoding="utf-8")
    with pytest.raises(GongkaiError, match="does not begin with the columns"):
        Seeds(seeds, "x", date(2026, 1, 1))
    (seeds / "verdicts.csv").unlink()
    with pytest.raises(GongkaiError, match="cannot be read"):
        Seeds(seeds, "x", date(2026, 1, 1))


def test_metrics_are_listed_and_explained(built_samples: Path, gongkai: Gongkai) -> None:
    listed = gongkai("metrics", published=built_samples)
    assert listed.returncode == 0, listed.stderr
    codes = [row["metric_code"] for row in rows(ROOT / "seeds" / "metrics" / "metric_definitions.csv")]
    assert all(f"  {code}: " in listed.stdout for code in codes)
    explained = gongkai("metrics", "disclosure_rate", published=built_samples)
    assert "numerator: 同意公开（予以公开） + 同意部分公开（部分公开）" in explained.stdout
    assert "denominator: 申请答复数（办理结果总计）" in explained.stdout
    unknown = gongkai("metrics", "nosuch", published=built_samples)
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (2, 1)


def test_a_corrected_figure_shows_what_it_was(built_samples: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    published = tmp_path / "w.duckdb"
    shutil.copy(built_samples, published)
    with duckdb.connect(str(published)) as connection:
        row = connection.execute(
            "update marts.observations set original_value = value, value = 987654, correction_reason = 'a slip' "
            "where observation_id = (select min(observation_id) from marts.observations where is_selected "
            "and basis = 'narrative' and value >= 100) returning report_id, original_value::bigint"
        ).fetchone()
    assert row is not None
    shown = gongkai("show", row[0], published=published)
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "987654" in line]
    assert f"narrative, corrected from {row[1]} (a slip)" in lines[at + 1]


def test_terms_read_as_words() -> None:
    names = {"a.b": "甲", "c": "乙"}
    assert in_words("+a.b -2*c:enterprise@previous", names) == "甲 − 2 × 乙 · enterprise (上年)"
    assert in_words("-unknown", names) == "− unknown"
