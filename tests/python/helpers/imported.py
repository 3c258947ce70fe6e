"""What the process that runs of `gongkai` are forked from has imported (command.py), and nothing else that it did."""

from __future__ import annotations

import sys

# DuckDB takes a process whose main module has no file for a person at a prompt, and draws a bar of its progress.
sys.modules["__main__"].__file__ = __file__

import typer._adapters

import gongkai.application

__all__ = ["gongkai", "typer"]
