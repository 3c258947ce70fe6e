"""Reports on every form, made at random and sound: their figures keep every identity, within a report and across them.

A scene is a body, or several that belong together, with its reports of some years. Slips of the pen are put into a
scene before it is written: see `Report.slip`.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from docx import Document

from helpers import report_pages
from helpers.command import ROOT
from helpers.report_figures import FIGURES, Base, Body, Figures


@dataclass
class Report:
    """A report before it is written: what its tables say, what its text says, and what is put over the page."""

    body: Body
    year: int
    form: str
    scope: str
    figures: Figures
    clauses: list[str]
    previous: Figures = field(default_factory=dict)
    version: int = 1
    said: Figures = field(default_factory=dict)
    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    edits: list[tuple[str, str, int]] = field(default_factory=list)
    dropped_tables: list[int] = field(default_factory=list)
    created: str = ""

    def cell(self, code: str, applicant: str = "all") -> str:
        """What stands in the cell of a figure."""
        return self.cells.get((code, applicant), str(self.figures[code, applicant]))

    def told(self, code: str) -> int:
        """A figure as the text tells it: that of the table, but for a slip."""
        return self.said.get((code, "all"), self.figures.get((code, "all"), 0))

    def slip(self, statement: str, scene: list[Report]) -> None:
        """Put one slip into the report. ValueError where a statement is none.

        `figure CODE[/APPLICANT] +1` changes a figure wherever it stands, `cell` only in the table, `said` only in the
        text; a change is +1, -1, *3, =12.5, =CODE (as another figure). `text OLD => NEW` changes words of the page,
        `all PATTERN => NEW` every place that a pattern finds; {name}, {year}, {next} and {future} stand for the body,
        the years and a day to come. `table N` leaves a table out, `figures N` and `clauses N` are taken from the
        scene's report N, `created DAY` is the day of the file.
        """
        verb, _, rest = statement.partition(" ")
        if verb in ("text", "all"):
            for word, meant in self._words().items():
                rest = rest.replace(word, meant)
        if verb in ("figure", "cell", "said"):
            place, _, change = rest.partition(" ")
            code, _, applicant = place.partition("/")
            self._change(verb, (code, applicant or "all"), change)
        elif verb in ("text", "all"):
            old, _, new = rest.partition(" => ")
            self.edits.append((re.escape(old) if verb == "text" else old, new, int(verb == "text")))
        elif verb == "table":
            self.dropped_tables.append(int(rest))
        elif verb == "figures":
            self.figures = dict(scene[int(rest)].figures)
        elif verb == "clauses":
            self.clauses = list(scene[int(rest)].clauses)
        elif verb == "created":
            self.created = rest
        else:
            raise ValueError(f"{statement} is no slip")

    def _words(self) -> dict[str, str]:
        """What words in braces stand for."""
        future = date.today() + timedelta(days=300)
        return {
            "{name}": self.body.name,
            "{year}": str(self.year),
            "{next}": str(self.year + 1),
            "{future}": f"{future.year}年{future.month}月{future.day}日",
        }

    def _change(self, verb: str, key: tuple[str, str], change: str) -> None:
        sign, amount = change[:1], change[1:]
        if verb == "cell" and sign == "=":
            self.cells[key] = amount
            return
        old = self.told(key[0]) if verb == "said" else self.figures[key]
        if sign == "=":
            new = int(amount) if amount.isdecimal() else self.figures[amount, "all"]
        else:
            new = old * int(amount) if sign == "*" else old + int(change)
        if verb == "cell":
            self.cells[key] = str(new)
        elif verb == "said":
            self.said[key] = new
        else:
            self.figures = self.figures | {key: new}

    def write(self, folder: Path, stem: str) -> str:
        """Write the report into a folder; the name of the file. ValueError where an edit finds nothing to change."""
        if self.form == "docx":
            document = Document()
            for line in report_pages.lines(self):
                document.add_paragraph(line)
            document.core_properties.created = report_pages.day(self.created or f"{self.year + 1}-01-18")
            document.save(str(folder / f"{stem}.docx"))
            return f"{stem}.docx"
        page = report_pages.page(self)
        for number in sorted(self.dropped_tables, reverse=True):
            tables = list(re.finditer(r"<table>.*?</table>", page, flags=re.DOTALL))
            page = page[: tables[number].start()] + page[tables[number].end() :]
        for old, new, count in self.edits:
            page = _changed(page, old, new, count)
        (folder / f"{stem}.html").write_text(page, encoding="utf-8")
        return f"{stem}.html"


def _changed(page: str, pattern: str, new: str, count: int) -> str:
    changed, found = re.subn(pattern, lambda _: new, page, count=count, flags=re.DOTALL)
    if not found:
        raise ValueError(f"a slip finds nothing like {pattern}")
    return changed


@cache
def _counties() -> list[tuple[str, str]]:
    """Counties whose name stands once in the seed and whose prefecture is a city: name with the city's, and code."""
    with (ROOT / "seeds/regions/regions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [row["name"] for row in rows]
    cities = {row["region_code"]: row["name"] for row in rows if row["region_code"].endswith("00")}
    return [
        (cities[row["region_code"][:4] + "00"] + row["name"], row["region_code"])
        for row in rows
        if re.fullmatch(r"[^自治族]{2}县", row["name"])
        and names.count(row["name"]) == 1
        and not row["valid_to_year"]
        and not row["valid_from_year"]
        and re.fullmatch(r"..市", cities.get(row["region_code"][:4] + "00", ""))
    ]


@cache
def _cities() -> list[str]:
    return sorted({name[:3] for name, _ in _counties()})


SMALL_COUNTIES = {
    "阿里地区普兰县": "542521",
    "北海市铁山港区": "450512",
    "汕头市南澳县": "440523",
    "果洛藏族自治州玛多县": "632626",
    "山南市琼结县": "540524",
    "北海市银海区": "450503",
}
"""Counties of few townships, with their codes."""


def _towns(county_code: str, year: int) -> list[str]:
    """All townships of a county in a year."""
    with (ROOT / "seeds/regions/townships.csv").open(encoding="utf-8", newline="") as file:
        return [
            row["name"]
            for row in csv.DictReader(file)
            if row["region_code"].startswith(county_code)
            and int(row["valid_from_year"] or year) <= year <= int(row["valid_to_year"] or year)
        ]


class Makers:
    """Makes scenes one after another, each of a place of its own."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.counties = iter(chance.sample([name for name, _ in _counties()], len(_counties())))
        self.cities: Iterator[str] = iter(())
        self.trees = {
            form: iter([(county, year) for year in years for county in SMALL_COUNTIES])
            for form, years in (("2021", (2022, 2024)), ("2019", (2019,)))
        }
        self.makers: dict[str, Callable[[], list[Report]]] = {
            "dept21": lambda: self._years(self._department(), (2022, 2023), "2021"),
            "dept19": lambda: self._years(self._department(), (2019, 2020), "2019"),
            "first19": lambda: self._years(self._department(), (2019,), "2019"),
            "subtotals21": lambda: self._years(self._department(), (2024,), "subtotals"),
            "gov21": lambda: self._years(self._government(), (2022, 2023), "2021", "own"),
            "gov19": lambda: self._years(self._government(), (2019, 2020), "2019", "own"),
            "dept14": lambda: self._years(self._department(), (2016, 2017), "2014"),
            "first14": lambda: self._years(self._department(), (2015,), "2014"),
            "pair14": lambda: [
                *self._years(self._department(), (2018,), "2014"),
                *self._years(self._department(), (2018,), "2014"),
            ],
            "local": lambda: self._years(self._department(), (2010, 2011), "local"),
            "prose": lambda: self._years(self._department(), (2012, 2013), "prose"),
            "docx": lambda: self._years(self._department(), (2012,), "docx"),
            "versions": self._versions,
            "tree21": lambda: self._tree("2021"),
            "tree19": lambda: self._tree("2019"),
        }

    def scene(self, kind: str) -> list[Report]:
        """The reports of a new scene, in the order of their years. KeyError where there is no such kind."""
        return self.makers[kind]()

    def _department(self) -> Body:
        return Body(next(self.counties) + self.chance.choice(("教育局", "水利局", "审计局", "统计局", "司法局")))

    def _government(self) -> Body:
        city = next(self.cities, None)
        if city is None:
            self.cities = iter(self.chance.sample(_cities(), len(_cities())))
            city = next(self.cities)
        return Body(city + "人民政府", rules=True)

    def _years(self, body: Body, years: Iterable[int], form: str, scope: str = "") -> list[Report]:
        base = Base(self.chance)
        reports = []
        before: Figures = {}
        for year in years:
            figures = FIGURES[form](base, before, body)
            reports.append(Report(body, year, form, scope, figures, self.clauses(), before))
            before = figures
        return reports

    def _versions(self) -> list[Report]:
        """A report and its correction a day later, in which words alone have changed."""
        (first,) = self._years(self._department(), (2023,), "2021")
        second = Report(
            first.body, 2023, "2021", "", first.figures, [*first.clauses[:-1], *self.clauses()[:1]], version=2
        )
        return [first, second]

    def _tree(self, form: str) -> list[Report]:
        """A county's own report, that on its whole area, and those of its townships, which add up."""
        county, year = next(self.trees[form])
        bodies = [county, *(county + town for town in _towns(SMALL_COUNTIES[county], year))]
        own, *towns = (
            report
            for body in bodies
            for report in self._years(Body(body + "人民政府"), (year,), form, "own" if body == county else "")
        )
        whole = {key: sum(each.figures[key] for each in (own, *towns)) for key in own.figures}
        return [own, Report(own.body, year, form, "aggregate", whole, self.clauses()), *towns]

    def clauses(self) -> list[str]:
        """Thirty clauses without a figure, of several hundred that can be made."""
        made = [verb + what for verb in report_pages.VERBS for what in report_pages.OBJECTS]
        return self.chance.sample(made, 30)
