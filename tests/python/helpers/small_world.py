"""A small world: invented reports of real places, from a province to its townships, over six years and three forms.

Every figure is drawn by chance from the name of the body and the year, adds up within its form, and is carried over
into the next year's report. A government's own level holds its departments; its whole area holds that and the whole
areas below. What the warehouse must say of all that is computed here, in polars, from what was written and from
nothing else.

    world = small_world()
    world.write(folder)            # files to be ingested
    world.reports, world.figures   # the truth

Who tests something new adds a body to BODIES, or reports to a world of his own by `with_reports`; nothing here depends
on how many they are.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from helpers.command import ROOT

sys.path.insert(0, str(ROOT / "samples"))
import forms
import writers

Figures = dict[tuple[str, str], int]
"""What a report states: figure by indicator and applicant type (`all` where the form does not split)."""

YEARS = range(2017, 2023)
FORMS = {2017: "2014", 2018: "2014", 2019: "2019", 2020: "2019", 2021: "2021", 2022: "2021"}


@dataclass(frozen=True)
class Body:
    """A body that reports. `above`: the government whose whole area it lies in (a department's: its own government)."""

    name: str
    kind: str
    level_code: str
    region_code: str
    above: str | None
    scopes: tuple[str | None, ...] = (None,)
    """The reports that it makes each year, by what they say of their scope."""
    holds: str = "aggregate"
    """What a report that does not say is of in truth: own or aggregate."""


BODIES = (
    Body("甘肃省人民政府", "government", "province", "620000", None, ("aggregate",)),
    Body("定西市人民政府", "government", "prefecture", "621100", "甘肃省人民政府", ("own", "aggregate")),
    Body("渭源县人民政府", "government", "county", "621123", "定西市人民政府", ("own", "aggregate")),
    Body("漳县人民政府", "government", "county", "621125", "定西市人民政府", ("aggregate",)),
    Body("渭源县清源镇人民政府", "government", "township", "621123100", "渭源县人民政府", ("own",)),
    Body("渭源县莲峰镇人民政府", "government", "township", "621123101", "渭源县人民政府", ("own",)),
    Body("漳县武阳镇人民政府", "government", "township", "621125100", "漳县人民政府", ("own",)),
    Body("渭源县教育局", "department", "county", "621123", "渭源县人民政府", ("own",)),
    Body("定西市水务局", "department", "prefecture", "621100", "定西市人民政府", ("own",)),
    # Governments that do not say what they report on: a province and a county on their own level, a city on its area.
    Body("宁夏回族自治区人民政府", "government", "province", "640000", None, (None,), "own"),
    Body("固原市人民政府", "government", "prefecture", "640400", "宁夏回族自治区人民政府", (None,), "aggregate"),
    Body("隆德县人民政府", "government", "county", "640423", "固原市人民政府", (None,), "own"),
    Body("隆德县沙塘镇人民政府", "government", "township", "640423101", "隆德县人民政府", ("own",)),
    Body("隆德县联财镇人民政府", "government", "township", "640423102", "隆德县人民政府", ("own",)),
    Body("隆德县民政局", "department", "county", "640423", "隆德县人民政府", ("own",)),
)

_SCOPE_WORDS = {
    None: "",
    "own": "所列数据为本级数据，",
    "aggregate": "由办公室汇总各部门和下级政府的年度报告编成，",
}


@dataclass(frozen=True)
class Report:
    """A report that was written: whose, of which year and scope, with which figures, published when."""

    body: Body
    year: int
    scope: str | None
    figures: Figures
    published_on: str
    file: str

    @property
    def form(self) -> str:
        """The form that its year prescribes."""
        return FORMS[self.year]

    def parts(self) -> tuple[writers.Parts, list[dict[str, Any]]]:
        """The document's parts for a writer, and the facts that its tables state."""
        title = f"{self.body.name}{self.year}年政府信息公开工作年度报告"
        opening = f"本报告{_SCOPE_WORDS[self.scope]}统计期限自{self.year}年1月1日起至{self.year}年12月31日止。"
        tables = [(kind, *forms.TABLES[kind](self.form_filled())) for kind in _TABLES_OF[self.form]]
        parts: writers.Parts = [("title", title), ("paragraph", opening)]
        for heading, kinds in _SECTIONS[self.form]:
            parts.append(("heading", heading))
            parts += [("table", grid) for kind, grid, _ in tables if kind in kinds]
            if not kinds:
                parts.append(("paragraph", _PROSE.get(heading[2:], "无。")))
        year, month, day = (int(part) for part in self.published_on.split("-"))
        parts += [("paragraph", self.body.name), ("paragraph", f"{year}年{month}月{day}日")]
        return parts, [fact for _, _, facts in tables for fact in facts]

    def form_filled(self) -> dict[str, Any]:
        """The figures as `samples/forms.py` takes them: money in 万元."""

        def cell(code: str) -> int | str:
            value = self.figures.get((code, "all"), 0)
            if code not in _MONEY:
                return value
            # This column of the form of 2019 names no unit.
            return value // 10_000 if code in forms.TEN_THOUSAND else f"{value // 10_000}万元"

        if self.form == "2014":
            return {"kind": "2014", "values": {code: cell(code) for _, _, code in forms.FORM_2014 if code}}
        table_2 = forms.TABLE2_2019 if self.form == "2019" else forms.TABLE2_2021
        return {
            "kind": self.form,
            "rows": {
                key: [self.figures.get((code, applicant), 0) for applicant in forms.APPLICANTS]
                for _, _, key, code in forms.APPLICATION_ROWS
            },
            "table2": {key: [cell(code) for code in codes] for _, _, rows in table_2 for _, key, codes in rows},
            "appeals": [[cell(f"{stem}.{result}") for result in forms.RESULTS[:4]] for stem in forms.APPEALS],
        }


_MONEY = {*forms.TEN_THOUSAND, "procurement.amount"}
_TABLES_OF = {"2014": ("form2014",), "2019": ("table2", "table3", "table4"), "2021": ("table2", "table3", "table4")}
_SECTIONS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "2014": [("一、概述", ()), ("二、存在的主要问题及改进情况", ()), ("附表", ("form2014",))],
    "2019": [
        ("一、总体情况", ()),
        ("二、主动公开政府信息情况", ("table2",)),
        ("三、收到和处理政府信息公开申请情况", ("table3",)),
        ("四、政府信息公开行政复议、行政诉讼情况", ("table4",)),
        ("五、存在的主要问题及改进情况", ()),
        ("六、其他需要报告的事项", ()),
    ],
}
_SECTIONS["2021"] = _SECTIONS["2019"]
_PROSE = {
    "概述": "各项工作按照条例的规定开展，数据见附表。",
    "总体情况": "各项工作按照条例的规定开展，数据见各表。",
    "存在的主要问题及改进情况": "主要问题是解读偏少，将请业务人员参与起草。",
}


def _split(chance: random.Random, total: int, parts: int) -> list[int]:
    """A total cut into parts by chance."""
    cuts = sorted(chance.randint(0, total) for _ in range(parts - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]


def own_figures(body: Body, year: int, carried_in: dict[str, int]) -> Figures:
    """What a body itself did in a year. `carried_in`: open cases of the year before, by applicant."""
    chance = random.Random(f"{body.name} {year}")
    if FORMS[year] == "2014":
        return _figures_2014(chance)
    figures: Figures = {}
    done_rows = [code for group, _, key, code in forms.APPLICATION_ROWS if group and key not in _SUMS[FORMS[year]]]
    for applicant in forms.APPLICANTS:
        carried_out, done = chance.randint(0, 3), chance.randint(3, 40)
        before = carried_in.get(applicant, 0)
        figures["application.received", applicant] = done + carried_out - before
        figures["application.carried_in", applicant] = before
        figures["application.carried_out", applicant] = carried_out
        figures["application.replied", applicant] = done
        for code, count in zip(done_rows, _split(chance, done, len(done_rows)), strict=True):
            figures[code, applicant] = count
    table_2 = forms.TABLE2_2019 if FORMS[year] == "2019" else forms.TABLE2_2021
    for code in (code for _, _, rows in table_2 for _, _, codes in rows for code in codes):
        figures[code, "all"] = chance.randint(1, 90) * (10_000 if code in _MONEY else 1)
    for stem in forms.APPEALS:
        for result in forms.RESULTS[:4]:
            figures[f"{stem}.{result}", "all"] = chance.randint(0, 4)
    return figures


_SUMS = {"2019": {"replied", "not_corrected", "fee_unpaid", "other_misc"}, "2021": {"replied", "other_handled"}}
"""Rows of results that are a total, or that the form does not have."""


def _figures_2014(chance: random.Random) -> Figures:
    flat: dict[str, int] = {}

    def parts_of(total_code: str, total: int, *codes: str) -> None:
        flat[total_code] = total
        flat.update(zip(codes, _split(chance, total, len(codes)), strict=True))

    channels = [f"disclosure.channel.{channel}" for channel in ("gazette", "website", "weibo", "wechat", "other")]
    parts_of("disclosure.total", chance.randint(200, 900), *channels)
    flat["disclosure.normative"] = chance.randint(0, 9)
    flat["disclosure.normative_issued"] = flat["disclosure.normative"] + chance.randint(0, 9)
    flat["response.hot_topics"] = chance.randint(0, 20)
    cases = chance.randint(3, 60)
    ways = ("in_person", "fax", "online", "mail")
    parts_of("application.received", cases, *(f"application.received.{way}" for way in ways))
    parts_of("application.closed", cases, "application.closed.on_time", "application.closed.extended")
    outcomes = [code for _, _, code in forms.FORM_2014 if code and code.startswith("application.outcome.")]
    parts_of("application.replied", cases, *outcomes)
    reasons = [code for _, _, code in forms.FORM_2014 if code and code.startswith("application.refused.")]
    parts_of("application.outcome.refused", flat["application.outcome.refused"], *reasons)
    for stem in ("appeal.review", "appeal.litigation"):
        parts_of(f"{stem}.total", chance.randint(0, 9), *(f"{stem}.{result}" for result in forms.RESULTS[:3]))
    flat["fee.collected"] = 10_000 * chance.randint(0, 3)
    flat["staff.budget"] = 10_000 * chance.randint(1, 30)
    flat["staff.units"], flat["staff.reading_points"] = 1, chance.randint(1, 9)
    parts_of("staff.total", chance.randint(2, 30), "staff.full_time", "staff.part_time")
    flat |= {"staff.meetings": chance.randint(1, 9), "staff.trainings": chance.randint(1, 9)}
    flat["staff.trainees"] = 10 * chance.randint(2, 30)
    return {(code, "all"): value for code, value in flat.items()}


def added(*figures: Figures) -> Figures:
    """The sum of several bodies' figures."""
    keys = dict.fromkeys(key for each in figures for key in each)
    return {key: sum(each.get(key, 0) for each in figures) for key in keys}


@dataclass(frozen=True)
class World:
    """Reports as written, with the truth about them."""

    written: tuple[Report, ...] = field(default=())

    def write(self, folder: Path) -> Path:
        """Write every report as a web page; gives the folder back."""
        folder.mkdir(parents=True, exist_ok=True)
        for report in self.written:
            parts, _ = report.parts()
            (folder / report.file).write_bytes(writers.to_html({}, parts))
        return folder

    def with_reports(self, *more: Report) -> World:
        """The same world with more reports in it; one of a file that is there takes its place."""
        kept = {report.file: report for report in (*self.written, *more)}
        return replace(self, written=tuple(kept.values()))

    def report(self, name: str, year: int, scope: str | None) -> Report:
        """The one report of a body, year and scope."""
        (found,) = [each for each in self.written if (each.body.name, each.year, each.scope) == (name, year, scope)]
        return found

    @cached_property
    def reports(self) -> pl.DataFrame:
        """One row a report, in the names of dim_report."""
        return pl.DataFrame(
            [
                {
                    "source_file": report.file,
                    "agency": report.body.name,
                    "agency_kind": report.body.kind,
                    "region_code": report.body.region_code,
                    "level_code": report.body.level_code,
                    "year": report.year,
                    "scope": report.scope,
                    "form": report.form,
                    "published_on": report.published_on,
                }
                for report in self.written
            ]
        ).with_columns(pl.col("published_on").str.to_date())

    @cached_property
    def figures(self) -> pl.DataFrame:
        """One row a figure that a report states or that its form implies: source_file, indicator_code, applicant_type,
        value (money in yuan).
        """
        stated = pl.DataFrame(
            [
                {
                    "source_file": report.file,
                    "indicator_code": fact["indicator"],
                    "applicant_type": fact.get("applicant", "all"),
                    "value": int(fact["value"]),
                }
                for report in self.written
                for fact in report.parts()[1]
            ]
        )
        parts = stated.join(self.reports.select("source_file", "form"), on="source_file").filter(
            pl.col("form") != "2014"
        )
        implied = [
            parts.filter(pl.col("indicator_code").str.contains(pattern))
            .group_by("source_file", "applicant_type")
            .agg(pl.col("value").sum())
            .with_columns(indicator_code=pl.lit(total))
            for total, pattern in _IMPLIED
        ]
        return pl.concat([stated, *(each.select(stated.columns) for each in implied)]).unique(
            ["source_file", "indicator_code", "applicant_type"], keep="first", maintain_order=True
        )


_IMPLIED = [
    *((f"application.outcome.{group}", rf"^application\.{group}\.") for group in ("refused", "unavailable")),
    ("application.outcome.not_processed", r"^application\.not_processed\."),
    ("application.outcome.other", r"^application\.other\."),
    *(
        (f"appeal.litigation.{result}", rf"^appeal\.litigation_(direct|after_review)\.{result}$")
        for result in forms.RESULTS
    ),
]
"""Sums that the forms of 2019 and 2021 imply and do not print, with the indicators that add up to them."""


def small_world() -> World:
    """The world that all tests share."""
    drawn = {(body.name, year): figures for body in BODIES for year, figures in _years_of(body).items()}

    def below(name: str, kind: str) -> list[str]:
        return [body.name for body in BODIES if body.above == name and body.kind == kind]

    def own(name: str, year: int) -> Figures:
        return added(drawn[name, year], *(drawn[each, year] for each in below(name, "department")))

    def whole(name: str, year: int) -> Figures:
        return added(own(name, year), *(whole(each, year) for each in below(name, "government")))

    return World(
        tuple(
            Report(
                body=body,
                year=year,
                scope=scope,
                figures=own(body.name, year) if (scope or body.holds) == "own" else whole(body.name, year),
                published_on=f"{year + 1}-01-{20 if body.kind == 'department' else 28}",
                file=f"{year}-{body.region_code}-{number:02d}-{scope or 'open'}.html",
            )
            for number, body in enumerate(BODIES)
            for year in YEARS
            for scope in body.scopes
        )
    )


def _years_of(body: Body) -> dict[int, Figures]:
    """A body's own figures of every year, each carried over into the next."""
    years: dict[int, Figures] = {}
    carried: dict[str, int] = {}
    for year in YEARS:
        years[year] = own_figures(body, year, carried)
        carried = {
            applicant: years[year].get(("application.carried_out", applicant), 0) for applicant in forms.APPLICANTS
        }
    return years
