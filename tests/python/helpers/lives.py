"""A county and its bodies through renamings, mergers and a new code: reports, and by hand what became of whom.

    reports()                 # what is written
    ENTITIES                  # which bodies are one, with the years in which a report of each is expected
    EXPECTED_LIST             # who must report in a county beside it, as `gongkai ingest --expected` takes it

孟津县 became 孟津区 in 2021, with another code. Figures are drawn as in `small_world`, and carried over from each body
to the one that took its place; one slip is in the first report of the district's health commission.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import small_world
from helpers.small_world import Body, Figures, Report, added, own_figures

YEARS = range(2017, 2023)
COUNTY, DISTRICT, CITY, BESIDE = "410322", "410308", "410300", "410326"
SLIP = ("孟津区卫生健康委员会", 2021)
"""The report that carries in two more than the one before it carried out."""


@dataclass(frozen=True)
class Entity:
    """Bodies that follow each other: their names (a dot for 孟津县 or 孟津区), and about which years they report."""

    names: dict[str, tuple[int, ...]]
    expected: tuple[int, ...]
    kind: str = "department"
    region_code: str = ""
    level_code: str = "county"
    merged_in: tuple[int, ...] = ()
    """First years of bodies that others were merged into: figures before are not carried over."""

    def region(self, year: int) -> str:
        """Its region's code in a year."""
        return self.region_code or (DISTRICT if year >= 2021 else COUNTY)

    def bodies(self) -> dict[int, str]:
        """Its name in each year that it reports about."""
        there = {year: name for name, years in self.names.items() for year in years}
        return {year: name.replace("·", "孟津区" if year >= 2021 else "孟津县") for year, name in sorted(there.items())}


ENTITIES = (
    Entity({"洛阳市人民政府": (2017, 2018, 2019, 2020, 2021, 2022)}, tuple(YEARS), "government", CITY, "prefecture"),
    Entity({"·人民政府": (2017, 2018, 2020, 2021, 2022)}, tuple(YEARS), "government"),
    Entity(
        {"·卫生和计划生育委员会": (2017, 2018), "·卫生健康委员会": (2019, 2020, 2021, 2022)},
        tuple(YEARS),
    ),
    # Offices of this kind were there before 2021 and bureaus after.
    Entity({"·扶贫开发办公室": (2019, 2020), "·乡村振兴局": (2021, 2022)}, tuple(YEARS)),
    # Two of the same years: the first goes on, and the other ends.
    Entity({"·文化局": (2017, 2018), "·文化和旅游局": (2019, 2020, 2021, 2022)}, tuple(YEARS), merged_in=(2019,)),
    Entity({"·旅游局": (2017, 2018)}, (2017, 2018)),
    Entity({"·国土资源局": (2017,), "·自然资源局": (2020,)}, (2017, 2018, 2019, 2020)),
    # Came with the reform, and its code went before the district's own bureau reported.
    Entity({"·医疗保障局": (2020,)}, (2019, 2020)),
    Entity({"·教育局": (2018, 2019)}, (2017, 2018, 2019, 2020)),
    Entity({"·水利局": (2017, 2018)}, (2017, 2018, 2019, 2020)),
    Entity({"汝阳县水利局": (2020,)}, (2020, 2021, 2022), region_code=BESIDE),
    Entity({"汝阳县财政局": (2021,)}, (), region_code=BESIDE),
)

EXPECTED_LIST = """agency,region_code,from_year,to_year
汝阳县人民政府,410326,,
水利局,410326,2020,
河南省洛阳市汝阳县教育局,410326,,2021
"""
LISTED = {"汝阳县人民政府": tuple(YEARS), "河南省洛阳市汝阳县教育局": (2017, 2018, 2019, 2020, 2021)}
"""Who is on the list and never reported, with the years about which a report is expected."""

LATE = {("孟津县教育局", 2019): "2020-02-20"}
"""Published after the deadline, by the signature."""
CORRECTED = {("洛阳市人民政府", 2020): "2021-06-01"}
"""In time, with a second version after the deadline."""
MOVED = {("孟津县水利局", 2018): "2019-04-20"}
"""Without a day of its own, on a page whose property bears one after the deadline."""


def reports() -> list[Report]:
    """Every report, the corrected ones twice, the older version first."""
    written = []
    for entity in ENTITIES:
        carried: dict[str, int] = {}
        for year, name in entity.bodies().items():
            body = Body(name, entity.kind, entity.level_code, entity.region(year), None)
            before = {} if year in entity.merged_in else carried
            slip = {"natural_person": before.get("natural_person", 0) + 2} if (name, year) == SLIP else {}
            figures = own_figures(body, year, before | slip)
            carried = {
                applicant: figures.get(("application.carried_out", applicant), 0)
                for applicant in small_world.forms.APPLICANTS
            }
            written.append(_report(body, year, figures, LATE.get((name, year), f"{year + 1}-01-20"), ""))
            if day := CORRECTED.get((name, year)):
                more: Figures = {("decision.permits", "all"): 1}
                written.append(_report(body, year, added(figures, more), day, "-corrected"))
    return written


def _report(body: Body, year: int, figures: Figures, published_on: str, mark: str) -> Report:
    return Report(body, year, None, figures, published_on, f"{year}-{body.name}{mark}.html")


def write(folder: Path) -> Path:
    """Write every report as a web page; gives the folder back."""
    folder.mkdir(parents=True, exist_ok=True)
    for report in reports():
        parts, _ = report.parts()
        source: dict[str, Any] = {}
        if day := MOVED.get((report.body.name, report.year)):
            parts = parts[:-1]
            source = {"portal": {"meta": {"PubDate": day}}}
        (folder / report.file).write_bytes(small_world.writers.to_html(source, parts))
    return folder
