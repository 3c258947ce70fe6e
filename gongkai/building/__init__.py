"""Building: what dbt compiled, or dbt itself, on the work file; failures as lines; and what was made published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from gongkai.building.artifacts import write_artifacts, write_log
from gongkai.building.compiling import compiled_file, compiled_rules
from gongkai.building.direct import build_directly
from gongkai.building.outcome import Failure, Outcome, Progress, Result, now
from gongkai.building.sharding import Sharding
from gongkai.project import macros_fingerprint, rules_fingerprint
from gongkai.publishing import (
    publish,
    published_fingerprint,
    raw_fingerprint,
    remove_leftovers,
    require_no_relations_of_others,
)
from gongkai.rules.own import project_for
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.lock import in_the_way, write_lock
from gongkai.warehouse.ownership import damaged, require_ours
from gongkai.warehouse.work import bring_to_this_version, require_work
from ingest.errors import GongkaiError, is_damage

__all__ = ["Built", "Failure", "Progress", "build", "check_changed_rules"]


@dataclass(slots=True)
class Built:
    """What a build did. With failures nothing was published; `unchanged` means that there was nothing to do."""

    warehouse: Warehouse
    unchanged: bool = False
    restored: int = 0
    """Documents that a lost work file got back from the published one."""
    steps: int = 0
    failures: list[Failure] = field(default_factory=list)
    warnings: list[Failure] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    """How each node of dbt's graph went, where it was not dbt itself that built."""


def build(
    warehouse: Warehouse,
    *,
    full_refresh: bool,
    by_dbt: bool = False,
    sharding: Sharding | None = None,
    progress: Progress,
) -> Built:
    """Bring the marts up to date with what is landed and with the rules, and publish them where all tests pass.

    `by_dbt`: by dbt itself, instead of what it compiled. `sharding`: what a share of the documents is enough for is
    built in shards before the rest. GongkaiError where nothing has been ingested yet, another run is writing, or dbt
    cannot even start; BrokenRules where rules changed and are not as their YAML declares them.
    """
    warehouse = warehouse.absolute()
    require_ours(warehouse)
    scratch = warehouse.scratch_folder
    if scratch.is_symlink() or (scratch.exists() and not scratch.is_dir()):
        raise in_the_way(scratch)
    if not warehouse.work.exists() and not warehouse.published.exists():
        raise GongkaiError(f"nothing has been ingested for {warehouse} yet; run: gongkai run FOLDER")
    project = project_for(warehouse)
    with write_lock(warehouse):
        restored = require_work(warehouse)
        bring_to_this_version(warehouse)
        rules = rules_fingerprint(project)
        raw = raw_fingerprint(warehouse)
        fingerprint, published = f"{raw} {rules}", published_fingerprint(warehouse) or ""
        if not full_refresh and published == fingerprint:
            remove_leftovers(warehouse)
            return Built(warehouse, unchanged=True, restored=restored)
        require_no_relations_of_others(warehouse)
        only_raw = not full_refresh and state.built_by(warehouse, "rules") == rules
        directly = partial(_directly, raw_is_same=published.startswith(f"{raw} "), sharding=sharding)
        way = _by_dbt if by_dbt else directly
        try:
            outcome = way(project, warehouse, full_refresh=full_refresh, only_raw=only_raw, progress=progress)
        except duckdb.Error as error:
            _refuse_damage(warehouse, str(error))
            raise
        write_log(warehouse, _logged(outcome))
        for each in outcome.failures:
            _refuse_damage(warehouse, each.message)
        if not outcome.failures:
            progress(outcome.steps, outcome.steps, "publishing")
            built_by = {"rules": rules, "macros": macros_fingerprint(project)}
            publish(warehouse, fingerprint, by_document=only_raw, built_by=built_by)
    return Built(warehouse, False, restored, outcome.steps, outcome.failures, outcome.warnings, outcome.results)


def _logged(outcome: Outcome) -> Iterator[str]:
    """What the log keeps of a build: failures and warnings, each node with its time, the sum."""
    for word, told in (("failed", outcome.failures), ("warning", outcome.warnings)):
        for each in told:
            yield f"{word}: {each.name} ({each.path}): {each.message}"
            yield from (f"    {row}" for row in each.rows)
    for result in outcome.results:
        yield f"{result.status} {result.unique_id} {(result.ended - result.started).total_seconds():.3f} s"
    yield f"built: {outcome.steps} steps, {len(outcome.failures)} failed, {len(outcome.warnings)} warnings"


def _refuse_damage(warehouse: Warehouse, said: str) -> None:
    """DamagedError where DuckDB says that the file is broken: no rule is to blame then."""
    if is_damage(said):
        raise damaged(warehouse.work, said.splitlines()[0])


def check_changed_rules(warehouse: Warehouse) -> None:
    """BrokenRules where the rules are not those of the published file and are not as their YAML declares them."""
    project = project_for(warehouse)
    rules = rules_fingerprint(project)
    known = (published_fingerprint(warehouse) or "").endswith(f" {rules}")
    if not known and compiled_file(project, warehouse.scratch_folder) is None:
        _refuse_broken_rules(project, rules)


def _refuse_broken_rules(project: Path, rules: str) -> None:
    # Imported here: where nothing changed, a build does without it.
    from gongkai.rules.checking import refuse_broken_rules

    refuse_broken_rules(project, rules)


def _directly(
    project: Path,
    warehouse: Warehouse,
    *,
    raw_is_same: bool,
    sharding: Sharding | None,
    full_refresh: bool,
    only_raw: bool,
    progress: Progress,
) -> Outcome:
    compiled = compiled_rules(project, warehouse.scratch_folder, progress)
    if compiled.failures:
        return Outcome(compiled.steps, failures=compiled.failures)
    began = now()
    outcome = build_directly(
        project,
        warehouse,
        compiled,
        # The rules are those of the last build: tests between staging and marts wait for the next change of one.
        left_out=compiled.tests_between() if only_raw else (),
        full_refresh=full_refresh,
        raw_is_same=raw_is_same,
        sharding=sharding,
        progress=progress,
    )
    write_artifacts(warehouse, compiled, outcome, began=began)
    return outcome


def _by_dbt(project: Path, warehouse: Warehouse, *, full_refresh: bool, only_raw: bool, progress: Progress) -> Outcome:
    if not only_raw:
        _refuse_broken_rules(project, rules_fingerprint(project))
    # Imported here: dbt takes seconds to import.
    from gongkai.building.by_dbt import build_by_dbt

    # dbt tells no model which of its macros changed.
    full_refresh = full_refresh or state.built_by(warehouse, "macros") != macros_fingerprint(project)
    only_raw = only_raw and not full_refresh
    return build_by_dbt(project, warehouse, full_refresh=full_refresh, only_raw=only_raw, progress=progress)
