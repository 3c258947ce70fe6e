"""Compile the rules ahead of the first build, as `make setup` does: `.venv/bin/python scripts/compile_rules.py`."""

from __future__ import annotations

from gongkai import interrupts
from gongkai.building.compiling import compiled_rules
from gongkai.console import err, run_cli, safe
from ingest.shipped import shipped_project


def compile_rules(args: list[str], standalone_mode: bool) -> int:
    """Compile them where they are not; 1 where they do not hold."""
    project = shipped_project()
    made = compiled_rules(project, project / "target", lambda *_: None)
    for each in made.failures:
        err.print(safe(f"failed: {each.name} ({each.path}): {each.message}"), markup=False)
    return 1 if made.failures else 0


if __name__ == "__main__":
    interrupts.listen()
    run_cli(compile_rules)
