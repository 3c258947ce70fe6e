"""Bodies through renamings, mergers and new codes, as `helpers/lives.py` has them: entities, coverage by name, who is
late, carry-overs and series, against a truth computed in polars from what was written.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl
import pytest
from helpers import lives
from helpers.command import ROOT, run_gongkai
from helpers.lives import ENTITIES, EXPECTED_LIST, LISTED, Entity
from helpers.small_world import FORMS, World

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def query(tmp_path_factory: pytest.TempPathFactory) -> Query:
    place = tmp_path_factory.mktemp("lives")
    expected = place / "expected.csv"
    expected.write_text(EXPECTED_LIST, encoding="utf-8")
    published = place / "w.duckdb"
    done = run_gongkai("run", lives.write(place / "in"), "--expected", expected, published=published)
    assert done.returncode == 0, done.stderr

    def answer(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(published), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return answer


def expected_years() -> pl.DataFrame:
    """One row an entity and year: whether a report is expected and whether it is there, with its region and level."""
    rows = []
    for number, entity in enumerate(ENTITIES):
        there = entity.bodies()
        for year in sorted({*there, *entity.expected}):
            rows.append(
                (
                    number,
                    _name_in(entity, year),
                    entity.region(year),
                    entity.level_code,
                    year,
                    year in entity.expected,
                    year in there,
                )
            )
    for number, (name, years) in enumerate(LISTED.items(), len(ENTITIES)):
        rows += [(number, name, lives.BESIDE, "county", year, True, False) for year in years]
    names = ["entity", "name", "region_code", "level_code", "year", "is_expected", "is_there"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _name_in(entity: Entity, year: int) -> str:
    """Its name in a year: that of its report, else of the last before, else of the first."""
    bodies = entity.bodies()
    before = [each for each in bodies if each <= year]
    return bodies[max(before) if before else min(bodies)]


def test_bodies_that_follow_each_other_are_one_entity(query: Query) -> None:
    entity_of = dict(query("select agency_name, entity_id from marts.dim_agency where report_count > 0"))
    told = {frozenset(name for name, each in entity_of.items() if each == entity) for entity in entity_of.values()}
    assert told == {frozenset(entity.bodies().values()) for entity in ENTITIES}


def test_coverage_expects_bodies_while_they_exist(query: Query) -> None:
    found = query(
        "select region_code, level_code, year, region_code = '410326', bodies_expected, reports_present,"
        " reports_missing, reports_not_expected from marts.coverage where is_by_list = (region_code = '410326')"
    )
    expected = (
        expected_years()
        .group_by("region_code", "level_code", "year")
        .agg(
            (pl.col("region_code").first() == lives.BESIDE).alias("is_by_list"),
            pl.col("is_expected").sum().alias("expected"),
            pl.col("is_there").sum().alias("present"),
            (~pl.col("is_there")).sum().alias("missing"),
            (~pl.col("is_expected")).sum().alias("not_expected"),
        )
    )
    assert expected["missing"].sum() > 15
    assert set(found) == set(expected.iter_rows())


def test_who_is_missing_is_told_by_name_and_since_when(query: Query) -> None:
    found = query(
        "select agency_name, region_code, year, missing_since_year, last_report_year, expected_by"
        " from marts.missing_reports"
    )
    missing = expected_years().sort("entity", "year").with_columns(
        run=pl.col("is_there").cum_sum().over("entity"),
        last=pl.when("is_there").then("year").forward_fill().over("entity"),
    ).filter(~pl.col("is_there"))  # fmt: skip
    expected = missing.select(
        "name",
        "region_code",
        "year",
        pl.col("year").min().over("entity", "run").alias("since"),
        "last",
        by=pl.when(pl.col("region_code") == lives.BESIDE).then(pl.lit("list")).otherwise(pl.lit("own_reports")),
    )
    assert set(found) == set(expected.iter_rows())


def test_late_is_the_same_everywhere(query: Query) -> None:
    """By the first version and never by a page's property: in report_consistency, findings and coverage."""
    states = query(
        "select agency_name, year, version_no, punctuality, punctuality_why_unknown from marts.report_consistency"
        " inner join marts.dim_report using (report_id) where punctuality != 'in_time' or version_no > 1"
    )
    (late,) = lives.LATE
    (moved,) = lives.MOVED
    (corrected,) = lives.CORRECTED
    assert set(states) == {
        (*late, 1, "late", None),
        (*moved, 1, "unknown", "may_be_reposted"),
        (*corrected, 2, "in_time", None),
    }
    found = query(
        "select agency_name, year from marts.findings inner join marts.dim_report using (report_id)"
        " where check_code = 'L-DEADLINE'"
    )
    assert found == [late]
    counted = query(
        "select sum(reports_late), sum(reports_punctuality_unknown), sum(reports_in_time), sum(reports_present)"
        " from marts.coverage"
    )
    present = int(expected_years()["is_there"].sum())
    assert counted == [(1, 1, present - 2, present)]


def test_what_was_carried_over_is_compared_through_a_new_name_and_code(query: Query) -> None:
    """The one slip is in the first report of the new county, and no clean one fails."""
    found = query(
        "select agency_name, year, expected, actual from marts.findings inner join marts.dim_report using (report_id)"
        " where check_code = 'X-CARRY'"
    )
    assert [row[:2] for row in found] == [lives.SLIP]
    assert found[0][3] - found[0][2] == 2
    passed = query(
        "select count(*) from marts.metrics inner join marts.dim_report using (report_id)"
        " where grain = 'report' and metric_code = 'handled' and change_on_year is not null and metrics.year = 2021"
    )
    followed = [entity for entity in ENTITIES if {2020, 2021} <= entity.bodies().keys()]
    assert passed == [(len(followed),)] and len(followed) == 5


def terms_of() -> dict[tuple[str, str], tuple[str, list[tuple[int, str]]]]:
    """The terms of each harmonised series on each form, with the forms that share their meaning."""
    found = {}
    with (ROOT / "seeds/indicators/harmonised_terms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            terms = [(1 if term[0] == "+" else -1, term[1:]) for term in row["terms"].split()]
            for form in row["forms"].split(";"):
                found[row["series_code"], form] = (row["forms"], terms)
    return found


def series_written() -> pl.DataFrame:
    """Every figure of a series that a current report states, with what lies between it and the one before."""
    world = World(tuple(lives.reports()))
    file_of = {(report.body.name, report.year): report.file for report in world.written}
    value_of = {row[:2]: row[3] for row in world.figures.filter(pl.col("applicant_type") == "all").iter_rows()}
    rows = []
    for number, entity in enumerate(ENTITIES):
        for year, name in entity.bodies().items():
            merges = sum(first <= year for first in entity.merged_in)
            for (series, form), (meaning, terms) in terms_of().items():
                values = [value_of.get((file_of[name, year], code)) for _, code in terms]
                if form == FORMS[year] and None not in values:
                    value = sum(sign * value for (sign, _), value in zip(terms, values, strict=True))
                    rows.append((number, series, year, name, meaning, merges, float(value)))
    names = ["entity", "series_code", "year", "name", "meaning", "merges", "value"]
    frame = pl.DataFrame(rows, schema=names, orient="row").sort("entity", "series_code", "year")
    keys = ["entity", "series_code"]
    before = {name: pl.col(name).shift().over(keys) for name in names[2:]}
    frame = frame.with_columns(
        is_break=(pl.col("meaning") != before["meaning"]).fill_null(False),
        body_change=pl.when(pl.col("merges") != before["merges"]).then(pl.lit("merge"))
        .when(pl.col("name") != before["name"]).then(pl.lit("rename")),
    )  # fmt: skip
    cut = pl.col("is_break") | (pl.col("body_change") == "merge").fill_null(False)
    frame = frame.with_columns(segment_no=1 + cut.cum_sum().over(keys))
    segment = [*keys, "segment_no"]
    is_next = pl.col("year").shift().over(segment) == pl.col("year") - 1
    previous, first = pl.col("value").shift().over(segment), pl.col("value").first().over(segment)
    return frame.with_columns(
        change=pl.when(is_next & (previous != 0)).then((pl.col("value") / previous - 1) * 100),
        index=pl.when(first != 0).then(pl.col("value") / first * 100),
    )


def test_series_follow_entities_and_compare_within_segments(query: Query) -> None:
    found = query(
        "select agency_name, series_code, series.year, is_break, body_change, segment_no, value, change_percent,"
        " index_first_is_100 from marts.series inner join marts.dim_agency using (agency_id) where value is not null"
    )
    expected = series_written().select(
        "name", "series_code", "year", "is_break", "body_change", "segment_no", "value", "change", "index"
    )
    assert expected.filter(pl.col("body_change") == "rename").height > 50
    assert expected.filter("is_break").height > 20
    truth = {row[:6]: row[6:] for row in expected.iter_rows()}
    told = {row[:6]: tuple(None if value is None else float(value) for value in row[6:]) for row in found}
    assert told.keys() == truth.keys()
    assert [key for key in truth if told[key] != pytest.approx(truth[key], abs=0.001)] == []


def test_a_year_without_a_report_is_a_gap_of_its_entity(query: Query) -> None:
    gaps = query(
        "select distinct agency_name, series.year from marts.series inner join marts.dim_agency using (agency_id)"
        " where value is null and series_code = 'requests_received'"
    )
    assert set(gaps) == {("孟津县人民政府", 2019), ("孟津县国土资源局", 2018), ("孟津县国土资源局", 2019)}
