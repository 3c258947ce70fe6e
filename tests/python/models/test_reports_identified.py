"""Whose report and of when: invented reports of real places from all over the country, in the ways that titles,
preambles and signatures name them, and other documents that lie in the same folders. One build for all of them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from helpers.command import run_gongkai
from helpers.project import build_models
from identified.case import Case
from identified.dates import SHORT_REPORTS, YEARS_AND_PERIODS
from identified.departments import DEPARTMENTS
from identified.governments import GOVERNMENTS, TOWNSHIPS
from identified.others import OTHERS
from identified.pages import PAGES

REPORTS = [*GOVERNMENTS, *TOWNSHIPS, *DEPARTMENTS, *YEARS_AND_PERIODS, *SHORT_REPORTS, *PAGES]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What the models tell of each document. Files are called by numbers, so that their names tell nothing."""
    folder = tmp_path_factory.mktemp("reports")
    published = tmp_path_factory.mktemp("warehouse") / "gongkai.duckdb"
    stems: dict[str, str] = {}
    manifest = folder.with_suffix(".csv")
    cases = [(case.name, case.text, case.suffix, case.manifest) for case in REPORTS]
    rows = []
    for number, (name, text, suffix, known) in enumerate(
        cases + [(name, text, ".txt", "") for name, text in OTHERS.items()]
    ):
        stems[f"{number:03}{suffix}"] = name
        (folder / f"{number:03}{suffix}").write_text(text, encoding="utf-8")
        rows += [f"{number:03}{suffix},{known}\n"] if known else []
    manifest.write_text("path,agency,year,published_on\n" + "".join(rows), encoding="utf-8")
    done = run_gongkai("ingest", folder, "--manifest", manifest, published=published)
    assert done.returncode == 0, done.stderr
    assert build_models(published, "int_reports_identified", with_tests=True).failures == []
    with duckdb.connect(str(published.with_name("gongkai.work.duckdb")), read_only=True) as connection:
        cursor = connection.execute(
            "select documents.source_file, classified.document_class, classified.class_reason, identified.* "
            "from staging.stg_raw__documents as documents "
            "inner join intermediate.int_documents_classified as classified using (document_id) "
            "left join intermediate.int_reports_identified as identified using (document_id)"
        )
        names = [column[0] for column in cursor.description]
        return {stems[Path(row[0]).name]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


@pytest.mark.parametrize("case", REPORTS, ids=lambda case: case.name)
def test_report(told: dict[str, dict[str, object]], case: Case) -> None:
    found = told[case.name]
    assert found["document_class"] == "annual_report", found["class_reason"]
    assert {key: found[key] for key in case.want} == case.want, found


@pytest.mark.parametrize("name", OTHERS)
def test_other_document(told: dict[str, dict[str, object]], name: str) -> None:
    assert told[name]["document_class"] == "other", told[name]["class_reason"]
