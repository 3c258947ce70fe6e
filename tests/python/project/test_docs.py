"""What the documents say is there: commands, make targets, files, links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from helpers.command import ROOT
from helpers.world_truth import Ask

from gongkai import publications
from gongkai.application import app

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_readme_and_has_help(name: str) -> None:
    command = COMMANDS[name]
    assert f"`gongkai {name}" in README
    assert command.help and len(command.help.strip()) > 20
    without_help = [option.name for option in command.params if not getattr(option, "help", None)]
    assert [option for option in without_help if option != "help"] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_takes_the_shared_options(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert "--debug" in options
    assert "--warehouse" in options or name == "metrics"


def test_every_command_in_the_readme_is_there() -> None:
    named = set(re.findall(r"gongkai ([a-z]+)\b", README.replace("gongkai COMMAND", "")))
    assert named <= set(COMMANDS)


def test_every_make_target_in_the_readme_is_there_and_has_its_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[0].split())
    assert phony == targets


PAGES = sorted(
    [*(ROOT / "docs").glob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
)
ROOMS = "gongkai|ingest|seeds|models|macros|notebooks|scripts|samples|tests|benchmarks|docs"
MADE_UP = re.compile(r"[A-Z]{4,}")
"""Stands for a name in a path: models/checks/int_checks_KIND.sql."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_and_link_in_the_documents_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    paths = set(re.findall(rf"(?<![\w./-])((?:{ROOMS})/[\w./-]*)", text))
    named = [ROOT / path.rstrip(".") for path in paths if not MADE_UP.search(path)]
    named += [page.parent / link for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", text)]
    assert [str(path) for path in named if not path.exists()] == []


def anchor(heading: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_into_a_page_meets_a_heading(page: Path) -> None:
    lost = []
    for path, wanted in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8")):
        target = page.parent / path if path else page
        headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
        lost += [f"{path}#{wanted}"] if wanted not in map(anchor, headings) else []
    assert lost == []


def shown_commands() -> list[list[str]]:
    """The words of each command line of gongkai that the README shows."""
    lines = re.findall(r"^    (?:docker run .* |\.venv/bin/)?(gongkai [a-z].*)$", README, re.MULTILINE)
    return [shlex.split(re.sub(r" (#|>).*", "", line))[1:] for line in lines]


@pytest.mark.parametrize("words", shown_commands(), ids=" ".join)
def test_every_command_that_the_readme_shows_is_understood(words: list[str]) -> None:
    command = COMMANDS[words[0]]
    command.make_context(words[0], words[1:])


def test_every_query_that_the_readme_shows_has_an_answer(ask_world: Ask) -> None:
    queries = [words[1] for words in shown_commands() if words[0] == "sql" and len(words) > 1]
    assert len(queries) >= 5
    for query in queries:
        assert ask_world(f"set search_path = 'marts'; {query}").width > 0


def test_the_image_is_made_by_the_script_that_ci_runs_and_has_no_rights() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    [step] = [line for line in lines if line.startswith("RUN")]
    assert "/.ci/install" in step and ".ci/install" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert [line for line in lines if line.startswith("USER")] == ["USER gongkai"]
    packages = re.findall(r"^SYSTEM_PACKAGES [:+]= (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert "libreoffice-writer-nogui" in packages[0] and "fonts-noto-cjk" in packages[0]


def test_the_documents_name_paths_and_link_to_each_other() -> None:
    assert "`seeds/" in README and {"docs/adding.md", "CONTRIBUTING.md"} <= set(re.findall(r"\]\(([^)]+)\)", README))


def test_every_mart_in_the_readme_is_a_model_or_tells_of_publications_and_the_other_way_round() -> None:
    models = {path.stem for path in (ROOT / "models").rglob("*.sql") if not path.stem.startswith(("stg_", "int_"))}
    table = README.split("| table | one row |")[1].split("\n\n")[0]
    named = {
        name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    }
    assert models | set(publications.TABLES) == named


def test_no_committed_file_names_a_machine_or_a_registry() -> None:
    words = re.compile(r"/work/|/root/|/home/|registry\.npmjs|files\.pythonhosted|pypi\.org")
    found = []
    folders = "gongkai ingest models macros seeds notebooks benchmarks samples scripts .github"
    for folder in folders.split():
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".sql", ".yml", ".md", ".toml"} and "work" not in path.relative_to(ROOT).parts:
                found += [str(path)] if words.search(path.read_text("utf-8")) else []
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "README.md", "dbt_project.yml", "profiles.yml"):
        found += [name] if words.search(Path(ROOT / name).read_text("utf-8")) else []
    assert found == []
