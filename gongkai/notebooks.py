"""What the notebooks share: the published warehouse, or why there is none, and charts that hide no gap and no break."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import altair as alt
import polars as pl

from gongkai.console import DEFAULT_WAREHOUSE
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published
from ingest.errors import GongkaiError
from ingest.shipped import checkout

Chart = alt.LayerChart | alt.FacetChart

WIDTH = "container"
"""Charts are as wide as the page, whether of a telephone or of a screen."""
HEIGHT = 280

LEVEL_COLOURS = ("#1b3a5b", "#2f6f9f", "#3d9a8b", "#c98a1b", "#b4532a", "#7a5195")
PUNCTUALITY = {"按时": "#3d9a8b", "迟发": "#c98a1b", "时间不明": "#b9c2cb", "缺失": "#b4532a"}
OUTCOMES = {
    "granted": "#1b6e5a",
    "already_public": "#3d9a8b",
    "partial": "#8cc8b8",
    "refused": "#b4532a",
    "unavailable": "#d98f5c",
    "nonexistent": "#e0a878",
    "not_this_agency": "#efcfae",
    "not_processed": "#6f7f8f",
    "amend_requested": "#98a5b1",
    "other_channel": "#b9c2cb",
    "other": "#d6dce1",
}
"""Outcomes of both generations of forms in the order in which they are stacked: what is given in green, what is not in
red, what is unknown to the body in orange, what is not decided in grey."""


def warehouse_of_notebook() -> Warehouse:
    """The one that GONGKAI_WAREHOUSE names; else that below the current folder, else that of the repository."""
    named = os.environ.get("GONGKAI_WAREHOUSE")
    if named:
        return Warehouse(Path(named))
    repository = checkout()
    if repository is not None and not DEFAULT_WAREHOUSE.published.exists():
        return Warehouse(repository / DEFAULT_WAREHOUSE.published)
    return DEFAULT_WAREHOUSE


class Notebook:
    """The published warehouse of a notebook, opened for reading. `problem` says in a line why there is none."""

    def __init__(self) -> None:
        self.problem = ""
        self._opened = ExitStack()
        try:
            self.warehouse = warehouse_of_notebook()
            # Open until the notebook ends, with the settings of all commands: marimo serves all visitors from one
            # process, in which DuckDB opens a file with one set of settings only.
            self.connection = self._opened.enter_context(open_published(self.warehouse))
        except GongkaiError as error:
            self.problem = str(error)

    def ask(self, query: str, **parameters: object) -> pl.DataFrame:
        """The rows of a query to marts; parameters by name, as in $year. Figures come as floats, for charts."""
        found = self.connection.cursor().sql(query, params=parameters or None)
        frame = pl.DataFrame(found.to_arrow_table())
        return frame.with_columns(pl.col(pl.Decimal).cast(pl.Float64))


def _axis_of_years() -> alt.X:
    return alt.X("year:O", title="年度", axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))


def _legend(title: str | None = None, columns: int = 2) -> alt.Legend:
    """Below the chart, where a narrow page has room for it."""
    return alt.Legend(title=title, orient="bottom", columns=columns, labelLimit=170, symbolLimit=0)


def line(frame: pl.DataFrame, *, value: str, by: str, title: str, axis: str) -> Chart:
    """Lines over years: cut where a year has no value or the figure means something else from then on, which is marked.

    Columns: year, the value, `by`, segment (figures of one can be compared), is_break, note.
    """
    # A run of years without a gap, within a segment: a line joins nothing else.
    runs = frame.drop_nulls(value).sort(by, "year")
    runs = runs.with_columns(
        (pl.col("year") - pl.int_range(pl.len()).over(by, "segment")).cast(pl.String).alias("run")
    ).with_columns(pl.concat_str([by, "segment", "run"], separator=" ", ignore_nulls=True).alias("piece"))
    years = _axis_of_years()
    if not frame.is_empty():
        span = range(int(str(frame["year"].min())), int(str(frame["year"].max())) + 1)
        years = _axis_of_years().scale(domain=list(span))
    colour = alt.Color(f"{by}:N", title=None, legend=_legend(), scale=alt.Scale(range=list(LEVEL_COLOURS)))
    base = alt.Chart(runs).encode(
        x=years,
        y=alt.Y(f"{value}:Q", title=axis),
        color=colour,
        detail="piece:N",
        tooltip=[column for column in (by, "year", value, "unit", "n", "note") if column in runs.columns],
    )
    broken = base.transform_filter("datum.is_break")
    return alt.layer(
        base.mark_line(),
        base.mark_point(filled=True, size=45),
        broken.mark_point(shape="diamond", size=140, filled=False, strokeWidth=2),
    ).properties(title=title, width=WIDTH, height=HEIGHT)


def intervals_over_years(frame: pl.DataFrame, *, title: str, axis: str, is_share: bool) -> Chart:
    """A rate over years with its interval, and below each year of how many reports: no line, as the reports differ.

    Columns: year, value, low, high, n.
    """
    form = "%" if is_share else "~s"
    base = alt.Chart(frame.drop_nulls("value")).encode(
        x=_axis_of_years(),
        tooltip=["year", alt.Tooltip("value", format=".3~f"), alt.Tooltip("low", format=".3~f"),
                 alt.Tooltip("high", format=".3~f"), "n"],
    )  # fmt: skip
    bars = base.mark_rule(strokeWidth=3, color="#9db4c8").encode(
        y=alt.Y("low:Q", title=axis, axis=alt.Axis(format=form), scale=alt.Scale(zero=False)), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, color=LEVEL_COLOURS[0], opacity=1).encode(y="value:Q")
    counts = base.mark_text(baseline="bottom", dy=-3, fontSize=10, color="#5b6670").encode(
        y=alt.value(HEIGHT), text=alt.Text("n:Q", format="d")
    )
    return alt.layer(bars, points, counts).properties(title=title, width=WIDTH, height=HEIGHT)


def intervals_by_name(frame: pl.DataFrame, *, title: str, axis: str, is_share: bool) -> Chart:
    """A rate of many, the largest first, each with its interval and its n. Columns: name, value, low, high, n."""
    named = frame.drop_nulls("value").with_columns(
        pl.format("{}（n={}）", "name", "n").alias("shown"),
    )
    form = "%" if is_share else "~s"
    order = named.sort("value", descending=True)["shown"].to_list()
    base = alt.Chart(named).encode(
        y=alt.Y("shown:N", title=None, sort=order, axis=alt.Axis(labelLimit=190)),
        tooltip=["name", alt.Tooltip("value", format=".3~f"), alt.Tooltip("low", format=".3~f"),
                 alt.Tooltip("high", format=".3~f"), "n"],
    )  # fmt: skip
    bars = base.mark_rule(strokeWidth=3, color="#9db4c8").encode(
        x=alt.X("low:Q", title=axis, axis=alt.Axis(format=form), scale=alt.Scale(zero=False)), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, color=LEVEL_COLOURS[0], opacity=1).encode(x="value:Q")
    return alt.layer(bars, points).properties(title=title, width=WIDTH, height=alt.Step(22))


def stacked(
    frame: pl.DataFrame, *, value: str, by: str, colours: dict[str, str], title: str, axis: str, share: bool = False
) -> Chart:
    """Bars over years, stacked in the order of the colours. With `share` each is a whole, and n stands above it."""
    order = [name for name in colours if name in set(frame[by])]
    ranked = frame.with_columns(
        pl.col(by).replace_strict(order, list(range(len(order))), default=len(order)).alias("rank")
    )
    bars = (
        alt.Chart(ranked)
        .mark_bar()
        .encode(
            x=_axis_of_years(),
            y=alt.Y(
                f"{value}:Q",
                stack="normalize" if share else "zero",
                title=axis,
                axis=alt.Axis(format="%" if share else "d"),
            ),
            color=alt.Color(
                f"{by}:N",
                title=None,
                sort=order,
                scale=alt.Scale(domain=order, range=[colours[name] for name in order]),
                legend=_legend(),
            ),
            order=alt.Order("rank:Q"),
            tooltip=["year", by, value],
        )
    )
    if not share:
        return alt.layer(bars).properties(title=title, width=WIDTH, height=HEIGHT)
    counts = (
        alt.Chart(ranked.group_by("year").agg(pl.col("n").max()))
        .mark_text(baseline="bottom", dy=-3, fontSize=10, color="#5b6670")
        .encode(x=_axis_of_years(), y=alt.value(0), text=alt.Text("n:Q", format="d"))
    )
    return alt.layer(bars, counts).properties(title=alt.Title(title, offset=14), width=WIDTH, height=HEIGHT)
