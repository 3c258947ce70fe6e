"""The rules by which the region seeds are made of yearly lists."""

from __future__ import annotations

import csv
import re

import pytest
from helpers.command import ROOT

from scripts import rebuild_regions


@pytest.mark.parametrize(
    ("years", "bounds"),
    [
        ([2012, 2013, 2015, 2016], ("", "")),  # in the first list and the last
        ([2013, 2015], ("2013", "2015")),
        ([2012, 2013], ("", "2014")),  # no list is of 2014: it may have lasted through it
        ([2015, 2016], ("2014", "")),
    ],
)
def test_valid_years_end_where_the_lists_see_it(years: list[int], bounds: tuple[str, str]) -> None:
    assert rebuild_regions.validity(years, [2012, 2013, 2015, 2016]) == bounds


def test_a_county_made_a_district_is_its_own_successor() -> None:
    regions = {
        ("610126", "高陵县"): {2012, 2013},
        ("610117", "高陵区"): {2015, 2016},
        ("610125", "蓝田县"): {2012, 2016},
        ("120221", "宁河县"): {2012, 2013},
        ("120101", "和平区"): {2012, 2016},
    }
    known = rebuild_regions.BECAME
    rebuild_regions.BECAME = {}
    try:
        found = rebuild_regions.successors(regions, 2016)
    finally:
        rebuild_regions.BECAME = known
    assert found == {"610126": "610117"}


def test_a_township_is_called_without_its_office() -> None:
    assert rebuild_regions.plain_township("建外街道办事处", "朝阳区") == "建外街道"
    assert rebuild_regions.plain_township("平房地区办事处", "朝阳区") == "平房地区"
    assert rebuild_regions.plain_township("光武办事处", "邓州市") == "光武办事处"
    assert rebuild_regions.plain_township("化德县公腊胡洞乡", "化德县") == "公腊胡洞乡"


def test_every_code_that_the_script_names_is_in_the_seed_with_a_successor_of_that_name() -> None:
    with (ROOT / "seeds" / "regions" / "regions.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = {(row["region_code"], row["name"]) for row in rows}
    successors = {row["region_code"]: row["successor_code"] for row in rows if row["successor_code"]}
    for code, name in rebuild_regions.BECAME.items():
        assert (successors[code], name) in names


def test_seed_names_hold_no_character_that_a_list_could_not_write() -> None:
    for seed in ("regions.csv", "townships.csv"):
        text = (ROOT / "seeds" / "regions" / seed).read_text(encoding="utf-8").split("\n", 1)[1]
        assert not re.search(r"[?A-Za-z\ue000-\uf8ff\ufffd]", text)
