"""What `make report-card` shows beside the figures that it keeps."""

from __future__ import annotations

import re

from scripts.renew_report_card import blind_waves


def test_the_blind_waves_stand_beside_the_opened_sets() -> None:
    names, *waves = blind_waves()
    assert names.startswith("| wave |")
    assert len(waves) >= 10
    for wave in waves:
        figures = [float(each) for each in re.findall(r"(?<![\d,])[01]\.\d{3}(?!\d)", wave)]
        assert figures and all(0 <= figure <= 1 for figure in figures)
