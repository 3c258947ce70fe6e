"""Charts as SVG: they need no script, print as sharp as they look, and take their colours from the style sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from markupsafe import Markup, escape

from gongkai.explore.answers import shown_number
from gongkai.explore.library import Row

Line = dict[str, object]
"""`name`, and `rows` with year, value, and optionally is_break and is_exact."""
Ends = tuple[float, float]


def line_chart(title: str, lines: Sequence[Line], *, width: int, height: int, small: bool = False) -> Markup:
    """Lines over years. A year without a value leaves a gap, a break of the series cuts the line and is marked."""
    rows = [row for line in lines for row in _rows(line)]
    years = sorted({int(str(row["year"])) for row in rows})
    values = [_float(row["value"]) for row in rows if row["value"] is not None]
    if not years or not values:
        return Markup("")
    left, right, top, bottom = (38, 12, 8, 18) if small else (56, 16, 12, 26)
    low, high = min(0.0, min(values)), _round_up(max(values))
    first, last = years[0], years[-1]

    def x(year: int) -> float:
        return (
            (left + width - right) / 2
            if first == last
            else left + (year - first) / (last - first) * (width - left - right)
        )

    def y(value: float) -> float:
        return height - bottom - (value - low) / ((high - low) or 1) * (height - top - bottom)

    parts = [
        f'<line class="grid" x1="{left}" x2="{width - right}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
        f'<text class="axis" x="{left - 6}" y="{y(mark) + 4:.1f}" text-anchor="end">{escape(_short(mark))}</text>'
        for mark in ((low, high) if small else _marks(low, high))
    ]
    step = max(1, math.ceil(len(range(first, last + 1)) / ((width - left - right) / (44 if small else 52))))
    shown_years = {first, last} if small else {year for year in range(first, last + 1) if (last - year) % step == 0}
    parts += [
        f'<text class="axis" x="{x(year):.1f}" y="{height - 4}" text-anchor="middle">{year}</text>'
        for year in sorted(shown_years)
    ]
    for number, line in enumerate(lines, start=1):
        parts.append(_line(line, f"s{number}", x, y, (top, height - bottom), small))
    return _svg(title, width, height, parts)


def _line(
    line: Line, style: str, x: Callable[[int], float], y: Callable[[float], float], ends: Ends, small: bool
) -> str:
    runs: list[list[str]] = [[]]
    marks: list[str] = []
    for row in _rows(line):
        year = int(str(row["year"]))
        if row["value"] is None:
            runs.append([])
            continue
        value = _float(row["value"])
        if row.get("is_break"):
            runs.append([])
            marks.append(
                f'<line class="break" x1="{x(year) - 4:.1f}" x2="{x(year) - 4:.1f}" y1="{ends[0]}" y2="{ends[1]}">'
                f"<title>{escape(row.get('break_note') or year)}</title></line>"
            )
        runs[-1].append(f"{x(year):.1f},{y(value):.1f}")
        inexact = " inexact" if row.get("is_exact") is False else ""
        marks.append(
            f'<circle class="dot{inexact}" cx="{x(year):.1f}" cy="{y(value):.1f}" r="{2.5 if small else 3.5}">'
            f"<title>{escape(line['name'])} {year}: {escape(shown_number(row['value']))}</title></circle>"
        )
    drawn = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    return f'<g class="{style}">{drawn}{"".join(marks)}</g>'


def bar_chart(title: str, bars: Sequence[tuple[str, float, str]], *, width: int, height: int) -> Markup:
    """Upright bars: what stands below each, its height, and what is told of it."""
    if not bars:
        return Markup("")
    left, right, top, bottom = 50, 8, 12, 24
    high = _round_up(max(value for _, value, _ in bars))
    slot = (width - left - right) / len(bars)
    parts = [
        f'<line class="grid" x1="{left}" x2="{width - right}" y1="{_level(mark, high, height, top, bottom):.1f}" '
        f'y2="{_level(mark, high, height, top, bottom):.1f}"/><text class="axis" x="{left - 6}" '
        f'y="{_level(mark, high, height, top, bottom) + 4:.1f}" text-anchor="end">{escape(_short(mark))}</text>'
        for mark in _marks(0, high)
    ]
    every = max(1, math.ceil(len(bars) / ((width - left - right) / 40)))
    for number, (name, value, told) in enumerate(bars):
        head = _level(value, high, height, top, bottom)
        x, long = left + number * slot + slot * 0.15, height - bottom - head
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{head:.1f}" width="{slot * 0.7:.1f}" height="{long:.1f}">'
            f"{_told(told)}</rect>"
        )
        if (len(bars) - 1 - number) % every == 0:
            middle = x + slot * 0.35
            parts.append(
                f'<text class="axis" x="{middle:.1f}" y="{height - 6}" text-anchor="middle">{escape(name)}</text>'
            )
    return _svg(title, width, height, parts)


def box_chart(title: str, boxes: Sequence[Row], *, width: int) -> Markup:
    """Lying boxes from quartile to quartile with the median, whiskers from the tenth to the ninetieth of a hundred."""
    if not boxes:
        return Markup("")
    left, right, row_height, top = 112, 20, 34, 6
    height = top + row_height * len(boxes) + 22
    high = _round_up(max(_float(box["p90"]) for box in boxes))

    def x(value: object) -> float:
        return left + _float(value) / (high or 1) * (width - left - right)

    parts = []
    for mark in _marks(0, high):
        parts.append(
            f'<line class="grid" x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="{top}" y2="{height - 20}"/>'
            f'<text class="axis" x="{x(mark):.1f}" y="{height - 5}" text-anchor="middle">{escape(_short(mark))}</text>'
        )
    for number, box in enumerate(boxes):
        middle = top + row_height * number + row_height / 2
        name, low, upper = escape(box["name"]), x(box["lower"]), x(box["upper"])
        parts.append(
            f'<text class="axis strong" x="{left - 8}" y="{middle + 4:.1f}" text-anchor="end">{name}</text>'
            f'<line class="whisker" x1="{x(box["p10"]):.1f}" x2="{x(box["p90"]):.1f}" y1="{middle}" y2="{middle}"/>'
            f'<rect class="box" x="{low:.1f}" width="{max(1.0, upper - low):.1f}" '
            f'y="{middle - 8:.1f}" height="16">{_told(box["told"])}</rect>'
            f'<line class="median" x1="{x(box["median"]):.1f}" x2="{x(box["median"]):.1f}" '
            f'y1="{middle - 10:.1f}" y2="{middle + 10:.1f}"/>'
        )
    return _svg(title, width, height, parts)


def _svg(title: str, width: int, height: int, parts: list[str]) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704 - every text in it is escaped


def _told(text: object) -> str:
    return f"<title>{escape(text)}</title>"


def _level(value: float, high: float, height: int, top: int, bottom: int) -> float:
    return height - bottom - value / (high or 1) * (height - top - bottom)


def _rows(line: Line) -> list[Row]:
    rows = line["rows"]
    return rows if isinstance(rows, list) else []


def _float(value: object) -> float:
    return float(Decimal(str(value)))


def _round_up(value: float) -> float:
    """The next round number: 1, 2, 2.5, 5 or 10 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        round(step * power, 10) for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= value * 0.9999
    )


def _marks(low: float, high: float) -> list[float]:
    """Marks of an axis at round numbers, as `high` is one; below zero there is one at the end."""
    leading = high / 10.0 ** math.floor(math.log10(high))
    parts = {1: 4, 1.5: 3, 2: 4, 2.5: 5, 3: 3, 4: 4, 5: 5, 6: 3, 8: 4, 10: 5}.get(round(leading, 6), 4)
    return [*([low] if low < 0 else []), *(high * part / parts for part in range(parts + 1))]


def _short(value: float) -> str:
    """A number for an axis, in 万 and 亿 where it is long."""
    for size, unit in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size:
            return f"{value / size:.2f}".rstrip("0").rstrip(".") + unit
    return f"{value:.2f}".rstrip("0").rstrip(".")
