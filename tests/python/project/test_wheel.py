"""The wheel is the whole product: installed into an empty environment, it does the main job in an empty folder.

One wheel and one environment for all tests of the file. The environment sees what is installed here already by a .pth
file, whose folders' own .pth files (this checkout, as it is installed for editing) Python leaves alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from helpers.command import ROOT, gongkai_environment
from helpers.explorer import exploring
from helpers.processes import PATIENCE
from helpers.project import compiled_of

from gongkai.project import rule_digests, rule_files

Run = Callable[..., "subprocess.CompletedProcess[str]"]

REPORTS = ("2009-xinshi-zhen.txt", "2022-deqing-xian.html")
OWN_RULE = """\
rule_id,indicator_code,applies_to,noun,units,confidence,example,example_value,example_qualifier
own_videos,response.policy_interpretations,figure,办事短片,article,likely,全年制作办事短片77篇。,77,exact
"""
OWN_THRESHOLD = "threshold_name,threshold,note\nsmallest_jump,31,ours\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of a copy of what is committed, with what is compiled here."""
    compiled_of(ROOT)
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("gongkai", "ingest", "models", "seeds", "macros", "notebooks", "tests/generic", "tests/data"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "dbt_project.yml", "profiles.yml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "target" / "gongkai", source / "target" / "gongkai")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run(
        [*pip, "--no-build-isolation", "--wheel-dir", folder, source], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of an environment that has nothing but the wheel and what it stands on."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))
    (site / "stands_on.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install(wheel, site)
    return site


def install(wheel: Path, site: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", program(site, "python")]
    done = subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", wheel],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def program(site: Path, name: str) -> Path:
    return site.parents[2] / "bin" / name


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder to work in."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def run(site: Path, empty: Path) -> Run:
    """`gongkai` of the environment, in the empty folder."""
    environment = {key: value for key, value in gongkai_environment().items() if key != "PYTHONPATH"}

    def run(*arguments: str | Path, status: int = 0, answers: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [program(site, "gongkai"), *arguments],
            cwd=empty,
            env=environment,
            input=answers,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    return run


@pytest.fixture(scope="module")
def published(run: Run, empty: Path) -> Path:
    """The warehouse that `gongkai run` makes of two reports."""
    (empty / "reports").mkdir()
    for name in REPORTS:
        shutil.copy(ROOT / "samples" / "reports" / name, empty / "reports")
    prose = empty / "reports" / REPORTS[0]
    text = prose.read_text("utf-8")
    prose.write_text(text.replace("　　上述信息中", "　　全年制作办事短片77篇。\n\n　　上述信息中"), "utf-8")
    (empty / "reports" / "broken.pdf").write_bytes(b"%PDF-1.7\n")
    done = run("run", "reports", "--json", "--summary", "ci/summary.xml")
    (empty / "ci" / "told.json").write_text(done.stdout, "utf-8")
    return empty / "warehouse" / "gongkai.duckdb"


def snapshot(folder: Path) -> dict[str, int]:
    """Every file with its size, but what Python compiles of modules."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def test_it_holds_every_rule_and_page_and_what_was_compiled(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    project = "gongkai/dbt_project"
    rules = {f"{project}/{path.relative_to(ROOT).as_posix()}" for path in rule_files(ROOT)}
    notebooks = {f"{project}/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.py")}
    pages = {
        path.relative_to(ROOT).as_posix()
        for folder in ("static", "templates")
        for path in (ROOT / "gongkai" / "explore" / folder).rglob("*")
        if path.is_file()
    }
    assert len(rules) > 300 and len(notebooks) >= 1 and len(pages) >= 3
    assert rules | notebooks | pages | {f"{project}/target/gongkai/compiled.duckdb"} <= names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"gongkai", "ingest"}


def test_its_rules_are_those_of_the_repository(site: Path) -> None:
    assert rule_digests(site / "gongkai" / "dbt_project") == rule_digests(ROOT)


def test_it_runs_in_an_empty_folder_and_writes_nothing_into_the_environment(
    published: Path, run: Run, site: Path
) -> None:
    before = snapshot(site)
    assert "nothing new" in run("run", "reports", "--summary", "ci/summary.md").stdout
    assert "nothing wrong" in run("check").stdout
    told = run("doctor").stdout
    assert "everything needed is there" in told and str(site / "gongkai" / "dbt_project") in told
    assert "application.received" in run("show", REPORTS[0]).stdout
    assert snapshot(site) == before
    # What was compiled came with the wheel: no dbt ran.
    assert not (published.with_name("gongkai.dbt") / "compiled.duckdb").exists()


def test_a_ci_job_gets_json_artifacts_of_dbt_and_a_summary(published: Path, run: Run, empty: Path) -> None:
    told = json.loads((empty / "ci" / "told.json").read_text("utf-8"))
    assert (told["status"], told["error"], told["warehouse"]) == ("ok", None, str(published))
    assert {name: told["ingest"][name] for name in ("seen", "landed", "rejected")} == {
        "seen": 3, "landed": 2, "rejected": 1
    }  # fmt: skip
    assert [(each["source_file"], each["reason_code"]) for each in told["ingest"]["rejects"]] == [
        ("broken.pdf", "damaged")
    ]
    assert (told["holds"]["reports"], [year["year"] for year in told["holds"]["years"]]) == (2, [2022, 2009])
    assert told["holds"]["years"][1]["applications_received"] == 2

    artifacts = published.with_name("gongkai.dbt") / "target"
    assert told["artifacts"] == {
        "manifest": str(artifacts / "manifest.json"),
        "run_results": str(artifacts / "run_results.json"),
        "log": str(artifacts.parent / "logs" / "gongkai.log"),
    }
    from dbt.artifacts.schemas.manifest import WritableManifest
    from dbt.artifacts.schemas.run import RunResultsArtifact

    results = RunResultsArtifact.read_and_check_versions(str(artifacts / "run_results.json"))
    manifest = WritableManifest.read_and_check_versions(str(artifacts / "manifest.json"))
    status = {result.unique_id: str(result.status) for result in results.results}
    assert set(status) <= set(manifest.nodes) and len(status) == len(results.results) > 300
    assert status["model.gongkai.observations"] == "success" and set(status.values()) <= {"success", "pass", "warn"}
    assert str(ROOT) not in (artifacts / "manifest.json").read_text("utf-8")
    assert "success model.gongkai.observations" in Path(told["artifacts"]["log"]).read_text("utf-8")

    suites = {suite.get("name"): suite for suite in ElementTree.parse(empty / "ci" / "summary.xml").getroot()}
    assert (suites["files"].get("tests"), suites["files"].get("skipped")) == ("2", "1")
    assert (suites["build"].get("tests"), suites["build"].get("failures")) == (str(len(status)), "0")


def test_with_strict_a_rejected_file_fails_in_both_summaries(published: Path, run: Run, empty: Path) -> None:
    run("run", "reports", "--strict", "--summary", "ci/strict.xml", status=1)
    suite = ElementTree.parse(empty / "ci" / "strict.xml").getroot()[0]
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "0")
    told = json.loads(run("run", "reports", "--strict", "--json", "--summary", "ci/strict.md", status=1).stdout)
    assert told["error"].startswith("--strict: 1 of ")
    text = (empty / "ci" / "strict.md").read_text("utf-8")
    assert told["status"] == "failed" and text.startswith("## gongkai run: failed\n")
    assert "| broken.pdf | " in text and "| 2022 | 1 | 1 | " in text and "- nothing new to build" in text
    assert "JUnit or Markdown" in run("build", "--summary", "ci/summary.txt", status=2).stderr


def test_what_the_warehouse_knows_is_told_as_json_too(published: Path, run: Run) -> None:
    status = json.loads(run("status", "--json").stdout)
    assert (status["documents"], status["rejected"], status["publication"]["number"]) == (2, 1, 1)
    assert {each["reader"] for each in status["readers"]} == {"html", "txt"}
    assert (status["last_ingest"]["seen_count"], status["last_ingest"]["days_ago"]) == (3, 0)
    [reject] = json.loads(run("rejects", "--json").stdout)
    assert (reject["source_file"], reject["reason_code"]) == ("broken.pdf", "damaged") and reject["next_step"]
    shown = json.loads(run("show", REPORTS[0], "--json").stdout)
    assert shown["report"]["year"] == 2009 and shown["report"]["period_start"] == "2009-01-01"
    assert {"indicator": "application.received", "value": 2, "unit": "case", "shown": "2 case"}.items() <= next(
        figure for figure in shown["figures"] if figure["indicator"] == "application.received"
    ).items()
    assert json.loads(run("show", "broken.pdf", "--json").stdout)["rejected"]["reason_code"] == "damaged"
    assert json.loads(run("check", "--json").stdout) == []


def test_its_explorer_serves_pages(published: Path, site: Path) -> None:
    with exploring(published, program=program(site, "gongkai")) as explorer:
        assert "德清" in explorer.ask("/find").text


def test_own_rules_beside_the_warehouse_bite_and_outlive_an_upgrade(
    published: Path, run: Run, wheel: Path, site: Path
) -> None:
    own = published.with_name("gongkai.rules")
    (own / "prose").mkdir(parents=True)
    (own / "prose" / "prose_figures.csv").write_text(OWN_RULE.replace("article", "artikel"), encoding="utf-8")
    failed = run("check", status=1)
    told = json.loads(run("build", "--json", status=1).stdout)
    assert [(each["line"], each["value"]) for each in told["problems"]] == [(2, "artikel")]
    assert f"{own}/prose/prose_figures.csv:2: units 'artikel' is no unit sets" in failed.stderr
    (own / "prose" / "prose_figures.csv").write_text(OWN_RULE, encoding="utf-8")
    (own / "check_thresholds.csv").write_text(OWN_THRESHOLD, encoding="utf-8")
    # A verdict is a rule of the user's own, too.
    run("review", "--by", "测试", answers="a\n\nq\n")
    assert len((own / "verdicts.csv").read_text("utf-8").splitlines()) == 2
    before = figures(published)
    run("build")
    assert figures(published) - before == {("response.policy_interpretations", 77)} and before <= figures(published)
    with duckdb.connect(str(published.with_name("gongkai.work.duckdb")), read_only=True) as connection:
        thresholds = connection.sql(
            "select threshold from seeds.check_thresholds where threshold_name = 'smallest_jump'"
        ).fetchall()
        verdicts = connection.sql("select decided_by from seeds.verdicts").fetchall()
    assert thresholds == [(31,)]  # in the place of the shipped row
    assert verdicts == [("测试",)]

    install(wheel, site)
    assert "nothing new" in run("build").stdout
    assert ("response.policy_interpretations", 77) in figures(published)


def test_a_file_of_ones_own_that_is_no_seed_or_not_there_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "prose_figure.csv").write_text(OWN_RULE, encoding="utf-8")
    told = run("check", "--rules", tmp_path, status=1).stderr
    assert "prose_figure.csv:1: there is no seed 'prose_figure'" in told and "the nearest is 'prose_figures'" in told
    told = run("check", "--rules", tmp_path / "nowhere", status=2).stderr
    assert "there is no such folder" in told


def figures(published: Path) -> set[tuple[str, int]]:
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.sql("select indicator_code, value from marts.observations where is_selected").fetchall()
    return {(code, int(value)) for code, value in rows}
