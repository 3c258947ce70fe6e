"""Where there is no terminal a long command says now and then how far it is; what is short says nothing."""

from __future__ import annotations

import pytest

from gongkai.following import EVERY, Lines


def test_a_line_now_and_then(capfd: pytest.CaptureFixture[str]) -> None:
    moment = 0.0
    lines = Lines("building", "steps", clock=lambda: moment)
    for second in range(int(3 * EVERY)):
        moment = float(second)
        lines(second, 100 if second > 20 else None, "dim_report")
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        f"building: {EVERY:.0f} steps after {EVERY:.0f} s: dim_report",
        f"building: {2 * EVERY:.0f} of 100 steps after {2 * EVERY:.0f} s: dim_report",
    ]
