"""How long pages of the explorer take on a warehouse of many reports: 50th and 95th of a hundred, in milliseconds.

`python -m benchmarks.explore WAREHOUSE` asks each kind of page again and again, one request after another, of a server
in a process of its own, and prints the times that the whole answers took, and the server's CPU time a page, which says
more on a machine that does other things too.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "python"))

from helpers.explorer import exploring  # noqa: E402 - they lie with the tests
from helpers.processes import cpu_seconds  # noqa: E402

BAR = 200.0
"""Milliseconds within which 95 % of all pages are to answer."""
WORDS = (
    "依申请公开",
    "行政复议",
    "培训",
    "网站",
    "不予公开",
    "县人民政府",
    "教育局",
    "deqing",
    "zj",
    "2021",
    "浙江 2019",
)


def paths(published: Path, count: int, chance: random.Random) -> dict[str, list[str]]:
    """Addresses of each kind of page, with bodies, reports and figures of the warehouse."""
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute(
            "select agency_id, report_id, region_code from marts.dim_report "
            "where is_current and agency_id is not null and region_code is not null"
        ).fetchall()
        figures = connection.execute(
            "select observation_id from marts.observations where is_selected using sample 200 rows (reservoir, 7)"
        ).fetchall()
        codes = [code for (code,) in connection.execute("select indicator_code from marts.dim_indicator").fetchall()]
    some = [chance.choice(rows) for _ in range(8 * count)]
    return {
        "find, a word": [f"/find?q={quote(chance.choice(WORDS))}" for _ in range(count)],
        "find, facets": [
            f"/find?level={chance.choice(['county', 'township'])}&year={y}" for y in _years(count, chance)
        ],
        "body": [f"/bodies/{agency}" for agency, _, _ in some[:count]],
        "report": [f"/reports/{report}" for _, report, _ in some[count : 2 * count]],
        "figure": [f"/figures/{chance.choice(figures)[0]}" for _ in range(count)],
        "indicator": [f"/indicators/{chance.choice(codes)}" for _ in range(count)],
        "compare bodies": [
            "/compare?" + "&".join(f"b={agency}" for agency, _, _ in some[8 * n : 8 * n + 4]) for n in range(count)
        ],
        "compare places": [
            "/compare?" + "&".join(f"r={code[:2]}0000" for _, _, code in some[8 * n : 8 * n + 4]) for n in range(count)
        ],
        "map": [f"/map?year={year}" for year in _years(count, chance)],
        "quality": [
            f"/quality?list={chance.choice(['missing', 'late', 'findings'])}&year={y}" for y in _years(count, chance)
        ],
        "table": [f"/table?from={year}&to={year}" for year in _years(count, chance)],
    }


def _years(count: int, chance: random.Random) -> list[int]:
    return [chance.randint(2008, 2024) for _ in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--pages", type=int, default=30, help="pages of each kind")
    arguments = parser.parse_args()
    every: list[float] = []
    print(f"{'page':16}{'median':>8}{'95 %':>8}{'CPU':>8}  ms")
    with exploring(arguments.warehouse) as explorer:
        assert explorer.process is not None
        explorer.ask("/find?q=a")  # names are spelt in pinyin meanwhile
        for name, addresses in paths(arguments.warehouse, arguments.pages, random.Random(20)).items():
            times = []
            cpu = cpu_seconds(explorer.process.pid)
            for address in addresses:
                started = time.perf_counter()
                answer = explorer.ask(address)
                times.append(1000 * (time.perf_counter() - started))
                if answer.status != 200:
                    raise SystemExit(f"{address} answered {answer.status}")
            every += times
            cpu = 1000 * (cpu_seconds(explorer.process.pid) - cpu) / len(times)
            print(f"{name:16}{_share(times, 50):8.0f}{_share(times, 95):8.0f}{cpu:8.0f}")
    print(f"{'all':16}{_share(every, 50):8.0f}{_share(every, 95):8.0f}  (bar {BAR:.0f})")


def _share(times: list[float], percent: int) -> float:
    """The time within which so many of a hundred answered."""
    return quantiles(times, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    main()
