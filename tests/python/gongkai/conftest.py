"""Shared by the tests of `gongkai explore`."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command import ROOT


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the two files of people, with their heads alone."""
    folder = tmp_path_factory.mktemp("people")
    for name in ("verdicts.csv", "corrections.csv"):
        head = (ROOT / "seeds" / "people" / name).read_text(encoding="utf-8").splitlines()[0]
        (folder / name).write_text(head + "\n", encoding="utf-8")
    return folder
