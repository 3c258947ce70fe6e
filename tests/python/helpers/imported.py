"""What the process that `gongkai` is forked from (command.py) has imported."""

from __future__ import annotations

import sys

# DuckDB takes a process whose main module has no file for a person at a prompt, and draws a bar of its progress.
sys.modules["__main__"].__file__ = __file__

import typer._adapters  # noqa: E402

import gongkai.application  # noqa: E402
import gongkai.building.by_dbt  # noqa: E402
import gongkai.rules.checking  # noqa: E402
import helpers.command  # noqa: E402

__all__ = ["gongkai", "helpers", "typer"]
