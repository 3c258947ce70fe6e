"""What a run or a build did, for machines: as JSON, and as a file that a CI system shows (JUnit XML or Markdown)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from gongkai.building.artifacts import MANIFEST, RUN_RESULTS, folder_of_artifacts, log_of
from gongkai.console import tell_json
from gongkai.rules.problems import BrokenRules, Problem
from gongkai.warehouse import Warehouse
from ingest.errors import GongkaiError, RejectReason, UsageError

if TYPE_CHECKING:
    from gongkai.building import Built
    from gongkai.building.outcome import Failure
    from ingest.intake import Summary

_SHOWN_REJECTS = 50
"""Rejected files that a Markdown summary lists; JSON and JUnit have all that the run remembers."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Told:
    """What a command did, filled in as it goes on; what never came about stays None."""

    command: str
    warehouse: Warehouse
    strict: bool = False
    started: datetime = field(default_factory=lambda: datetime.now(tz=UTC))
    clock: float = field(default_factory=time.monotonic)
    ingested: Summary | None = None
    built: Built | None = None
    holds: dict[str, Any] | None = None
    """What the warehouse holds after it: publication, reports by year, documents that are no reports."""
    error: str | None = None
    problems: list[Problem] = field(default_factory=list)
    """What is wrong with the rules, where that ended it."""

    @property
    def reason(self) -> str | None:
        """Why the command failed; None where it did not."""
        if self.error is None and self.strict and self.ingested and self.ingested.rejected:
            return f"--strict: {self.ingested.rejected} of {self.ingested.seen} files were rejected"
        return self.error

    @property
    def failed(self) -> bool:
        return self.reason is not None

    def content(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        warehouse = self.warehouse.absolute()
        return {
            "command": self.command,
            "status": "failed" if self.failed else "ok",
            "error": self.reason,
            "problems": [asdict(each) for each in self.problems],
            "warehouse": str(warehouse),
            "started_at": self.started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self.clock, 1),
            "ingest": None if self.ingested is None else _ingested(self.ingested),
            "build": None if self.built is None else _built(self.built),
            "holds": self.holds,
            "artifacts": {
                name: str(path)
                for name, path in (
                    ("manifest", folder_of_artifacts(warehouse) / MANIFEST),
                    ("run_results", folder_of_artifacts(warehouse) / RUN_RESULTS),
                    ("log", log_of(warehouse)),
                )
                if path.is_file()
            },
        }


@contextmanager
def summarised(told: Told, *, as_json: bool, file: Path | None) -> Iterator[Told]:
    """Print JSON and write the summary file when the block ends, also where it fails. UsageError for another ending."""
    if file is not None and file.suffix not in _WRITERS:
        raise UsageError(f"--summary {file}: the name must end in {' or '.join(_WRITERS)} (JUnit or Markdown)")
    try:
        yield told
    except GongkaiError as error:
        told.error = str(error)
        told.problems = error.problems if isinstance(error, BrokenRules) else []
        raise
    except BaseException as error:
        told.error = f"{type(error).__name__}: {error}"
        raise
    finally:
        content = told.content()
        if file is not None:
            _write(file, _WRITERS[file.suffix](content, told))
        if as_json:
            tell_json(content)


def _ingested(summary: Summary) -> dict[str, Any]:
    return {
        "seen": summary.seen,
        "landed": summary.landed,
        "unchanged": summary.unchanged,
        "rejected": summary.rejected,
        "withdrawn": summary.withdrawn,
        "manifest_rows_not_met": summary.manifest_rows_not_met,
        "seconds": round(summary.seconds, 1),
        "rejects": [
            {
                "source_file": each.place.source_file,
                "archive_member": each.place.archive_member or None,
                "reason_code": each.reason_code,
                "detail": each.detail,
                "next_step": RejectReason(each.reason_code).next_step,
            }
            for each in summary.rejects
        ],
    }


def _built(built: Built) -> dict[str, Any]:
    return {
        "unchanged": built.unchanged,
        "steps": built.steps,
        "restored": built.restored,
        "failures": [asdict(each) for each in built.failures],
        "warnings": [asdict(each) for each in built.warnings],
    }


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise GongkaiError(f"--summary {file} cannot be written ({error.strerror}); name another place") from error


def _junit(content: dict[str, Any], told: Told) -> str:
    """A suite of files and one of the build: rejected files fail under --strict and are skipped without, what was not
    built because something else failed is skipped."""
    suites = ElementTree.Element("testsuites", name=f"gongkai {told.command}", time=str(content["seconds"]))
    if content["ingest"] is not None:
        _suite_of_files(suites, content["ingest"], strict=told.strict)
    if told.built is not None:
        _suite_of_steps(suites, told.built)
    broken = told.error is not None and (told.built is None or not told.built.failures)
    if broken or not len(suites):
        suite = ElementTree.SubElement(suites, "testsuite", name="command")
        case = ElementTree.SubElement(suite, "testcase", classname="gongkai", name=told.command)
        if broken:
            _add(case, "error", "\n".join([told.error or "", *map(str, told.problems)]))
    for suite in suites:
        cases = list(suite)
        suite.set("tests", str(len(cases)))
        for word, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            suite.set(name, str(sum(case.find(word) is not None for case in cases)))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _suite_of_files(suites: ElementTree.Element, ingest: dict[str, Any], *, strict: bool) -> None:
    suite = ElementTree.SubElement(suites, "testsuite", name="files", time=str(ingest["seconds"]))
    ElementTree.SubElement(
        suite, "testcase", classname="files", name=f"{ingest['landed']} landed, {ingest['unchanged']} known already"
    )
    for each in ingest["rejects"]:
        case = ElementTree.SubElement(suite, "testcase", classname="files", name=_xml(_place(each)))
        _add(case, "failure" if strict else "skipped", f"{each['detail']} ({each['reason_code']}); {each['next_step']}")


def _suite_of_steps(suites: ElementTree.Element, built: Built) -> None:
    suite = ElementTree.SubElement(suites, "testsuite", name="build")
    messages = {each.name: each for each in [*built.failures, *built.warnings]}
    for result in built.results:
        kind, _, name = result.unique_id.partition(".gongkai.")
        seconds = (result.ended - result.started).total_seconds()
        case = ElementTree.SubElement(suite, "testcase", classname=kind, name=_xml(name), time=f"{seconds:.3f}")
        if result.status in ("error", "fail"):
            found = messages.pop(f"{kind} {name.split('.')[0]}", None)
            _add(case, "failure", _with_rows(found) if found else result.message)
        elif result.status == "skipped":
            _add(case, "skipped", result.message)
        elif result.status == "warn":
            ElementTree.SubElement(case, "system-out").text = _xml(result.message)
    told = {id(each) for each in messages.values()}
    for failure in built.failures:  # of rules that did not compile, or of a build by dbt itself
        if id(failure) in told:
            _add(ElementTree.SubElement(suite, "testcase", classname="build", name=_xml(failure.name)), "failure",
                 _with_rows(failure))  # fmt: skip
    if not len(suite):
        what = "nothing new" if built.unchanged else f"{built.steps} steps"
        ElementTree.SubElement(suite, "testcase", classname="build", name=what)


def _add(case: ElementTree.Element, word: str, text: str) -> None:
    ElementTree.SubElement(case, word, message=_xml(text.splitlines()[0] if text else "")).text = _xml(text)


def _with_rows(failure: Failure) -> str:
    return "\n".join([f"{failure.message} ({failure.path})", *failure.rows])


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)


def _markdown(content: dict[str, Any], told: Told) -> str:
    lines = [f"## gongkai {told.command}: {content['status']}", ""]
    if told.reason:
        lines += [f"**{_cell(told.reason)}**", "", *(f"- {_cell(str(each))}" for each in told.problems), ""]
    lines += [f"- warehouse `{content['warehouse']}`, {content['seconds']} s"]
    holds = content["holds"]
    if holds and holds["publication"]:
        lines.append(f"- publication {holds['publication']['number']} of {holds['publication']['published_at']} UTC")
    ingest = content["ingest"]
    if ingest is not None:
        lines.append(
            f"- {ingest['seen']} files met: {ingest['landed']} landed, {ingest['unchanged']} known already, "
            f"{ingest['rejected']} rejected"
        )
    build = content["build"]
    if build is not None:
        lines.append("- nothing new to build" if build["unchanged"] else f"- {build['steps']} steps built and tested")
        for word in ("failures", "warnings"):
            if build[word]:
                lines += ["", f"### {len(build[word])} {word}", ""]
                lines += [
                    f"- `{_cell(each['name'])}` ({each['path']}): {_cell(each['message'])}" for each in build[word]
                ]
    if ingest is not None and ingest["rejects"]:
        lines += ["", "### Rejected files", "", "| file | why | what to do |", "|---|---|---|"]
        for each in ingest["rejects"][:_SHOWN_REJECTS]:
            why = f"{each['detail']} ({each['reason_code']})"
            lines.append(f"| {_cell(_place(each))} | {_cell(why)} | {_cell(each['next_step'])} |")
        if ingest["rejected"] > _SHOWN_REJECTS:
            lines += ["", f"and {ingest['rejected'] - _SHOWN_REJECTS} more: `gongkai rejects --all`"]
    if holds is not None:
        lines += ["", f"### {holds['reports']} current reports of {holds['documents']} documents", ""]
        lines += [
            "| year | reports | agencies | figures | applications received | stated by |",
            "|--:|--:|--:|--:|--:|--:|",
        ]
        for year in holds["years"]:
            cells = ("year", "reports", "agencies", "figures", "applications_received", "stated_by")
            lines.append("| " + " | ".join("" if year[name] is None else f"{year[name]}" for name in cells) + " |")
        if holds["no_reports"]:
            lines += ["", "| documents that are no reports | because of | count | such as |", "|---|---|--:|---|"]
            for each in holds["no_reports"]:
                files = _cell(", ".join(each["files"]))
                lines.append(f"| {each['document_class']} | {each['reason']} | {each['count']} | {files} |")
    return "\n".join(lines) + "\n"


def _place(reject: dict[str, Any]) -> str:
    return f"{reject['source_file']}!{reject['archive_member']}" if reject["archive_member"] else reject["source_file"]


def _cell(text: str) -> str:
    """Text that stays in its cell and is no markup."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))


_WRITERS = {".xml": _junit, ".md": _markdown}
