"""Puts the rules into the wheel: what pyproject.toml cannot say, as they lie outside the packages."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from gongkai.project import rule_files  # noqa: E402 - of the folder that is built, not of an installed one

COMPILED = ROOT / "target" / "gongkai"


class BuildWithRules(build_py):
    """The packages, and in gongkai/dbt_project the dbt project, the notebooks, and what was compiled of the rules."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "gongkai" / "dbt_project"
        shutil.rmtree(target, ignore_errors=True)
        wanted = [*rule_files(ROOT), *sorted((ROOT / "notebooks").glob("*.py"))]
        # Made by scripts/compile_rules.py (make wheel). Without it, or if it is old, the first build compiles.
        wanted += [path for path in (COMPILED / "compiled.duckdb", COMPILED / "manifest.json") if path.is_file()]
        for path in wanted:
            copy = target / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


setup(cmdclass={"build_py": BuildWithRules})
