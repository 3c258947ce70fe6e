"""The first sheet of the workbook: what it holds, as of when, what to heed, how to read it, and how to cite it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
from xlsxwriter.worksheet import Worksheet

from gongkai.export.marts import every_name
from gongkai.export.wording import Labels
from gongkai.export.workbook_cells import MARKS, Formats, lines_of
from gongkai.export.workbook_sheets import Sheet
from gongkai.publications import latest

EXPLORER_PORT = 8700
"""Where a workbook expects `gongkai explore`."""

_WIDTHS = (26, 96, 10)
_LINE_HEIGHT, _GAP = 14.5, 5


@dataclass(slots=True)
class Written:
    """A sheet as it was written: its names (several where it was too long for one) and its rows."""

    sheet: Sheet
    names: list[str]
    rows: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the data as a whole; `values` fill the sentences of the first sheet."""

    published_at: dt.datetime | None
    publication: str
    values: dict[str, object]
    warnings: list[tuple[str, str]] = field(default_factory=list)
    """Heading and sentence of each warning, as they are called among the words for pages."""


def about(connection: duckdb.DuckDBPyConnection, *, where: str = "", port: int = EXPLORER_PORT) -> About:
    """Count what the warehouse holds, and what of it is to be heeded."""
    publication = latest(connection)
    ((published_at, version, fingerprint),) = connection.execute(
        "select max(published_at), max_by(software_version, published_at), max_by(fingerprint, published_at) "
        "from raw.publication"
    ).fetchall()
    ((reports, bodies, first, last),) = connection.execute(
        "select count(*), count(distinct agency_id), min(year), max(year) from marts.dim_report where is_current"
    ).fetchall()
    values: dict[str, object] = {
        "where": where,
        "port": port,
        "reports": reports,
        "bodies": bodies,
        "years": f"{first}–{last}" if first != last else first,
        "version": version,
        "fingerprint": str(fingerprint or "")[:12],
        "number": publication.number if publication else "",
        "time": f"{published_at:%Y-%m-%d %H:%M}" if published_at else "",
        "date": f"{published_at:%Y-%m-%d}" if published_at else "",
        "documents": _count(connection, "dim_document", "true"),
        "hard": _count(connection, "findings", "severity = 'hard'"),
        "soft": _count(connection, "findings", "severity = 'soft'"),
        "missing": _count(connection, "missing_reports", "true"),
        "late": _count(connection, "report_consistency", "punctuality = 'late'"),
    }
    warnings = []
    if values["hard"] or values["soft"]:
        warnings.append(("findings", "findings_are"))
    if values["missing"] or values["late"]:
        warnings.append(("missing", "missing_are"))
    return About(published_at, str(publication or ""), values, warnings)


def _count(connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> int:
    """Rows of a mart that meet a condition; 0 where it lacks the mart or the column."""
    if table not in every_name(connection):
        return 0
    rows = connection.execute(f"select count(*) from marts.{table} where {condition}").fetchall()  # noqa: S608
    return int(rows[0][0])


def marked_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Selected figures that a mark is on, by kind of mark."""
    has = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = 'observations'"
        ).fetchall()
    }
    corrected = "correction_reason is not null" if "correction_reason" in has else "false"
    ((about_count, doubtful, corrected_count),) = connection.execute(
        f"select count(*) filter (where qualifier != 'exact'), count(*) filter (where confidence = 'doubtful'), "  # noqa: S608
        f"count(*) filter (where {corrected}) from marts.observations where is_selected"
    ).fetchall()
    return {"about": about_count, "doubtful": doubtful, "corrected": corrected_count}


@dataclass(slots=True)
class _Lines:
    """The page as it grows."""

    page: Worksheet
    formats: Formats
    line: int = 0

    def section(self, text: str) -> None:
        self.page.set_row(self.line, 8)
        self.line += 1
        self.page.set_row(self.line, 20)
        section = self.formats.page(
            "section", {"bold": True, "font_size": 11, "font_color": "#1F3864", "bottom": 2, "bottom_color": "#1F3864",
                        "valign": "vcenter"},
        )  # fmt: skip
        for column in range(len(_WIDTHS)):
            self.page.write_string(self.line, column, text if column == 0 else "", section)
        self.line += 1

    def say(self, name: str, text: str, *, number: int | None = None, link: str = "", colour: str = "") -> None:
        """A line: its name, what it says, perhaps a number; as high as its text is long."""
        wanted: dict[str, object] = {"bold": True, "font_color": "#1F3864"}
        if colour:
            wanted |= {"bg_color": colour}
        heading = self.formats.page(f"name {colour}", wanted)
        if link:
            linked = self.formats.page("link", {"bold": True, "font_color": "#0563C1", "underline": 1})
            self.page.write_url(self.line, 0, f"internal:'{link}'!A1", linked, name)
        else:
            self.page.write_string(self.line, 0, name, heading)
        self.page.write_string(self.line, 1, text, self.formats.page("text", {}))
        if number is not None:
            self.page.write_number(
                self.line, 2, number, self.formats.page("number", {"num_format": "#,##0", "align": "right"})
            )
        high = max(lines_of(name, _WIDTHS[0]), lines_of(text, _WIDTHS[1]))
        self.page.set_row(self.line, high * _LINE_HEIGHT + _GAP)
        self.line += 1


def write_first_sheet(
    page: Worksheet, formats: Formats, labels: Labels, known: About, counts: dict[str, int], written: list[Written],
    limit: int,
) -> None:  # fmt: skip
    """Write the page; it comes last, as it says how long the others are."""

    def said(code: str, **more: object) -> str:
        return labels.say(code, **known.values, **more)

    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width)
    title = formats.page("title", {"bold": True, "font_size": 18, "font_color": "#1F3864", "text_wrap": False})
    page.write_string(0, 0, said("title"), title)
    page.set_row(0, 30)
    subtitle = said("subtitle")
    page.merge_range(1, 0, 1, len(_WIDTHS) - 1, "", formats.page("subtitle", {"font_color": "#595959"}))
    page.write_string(1, 0, subtitle, formats.page("subtitle", {}))
    page.set_row(1, lines_of(subtitle, sum(_WIDTHS)) * _LINE_HEIGHT + _GAP)
    lines = _Lines(page, formats, 2)
    lines.section(said("section_data"))
    number = "publication_is" if known.values["number"] else "no_publication"
    lines.say(said("publication"), said(number))
    lines.say(said("counts"), said("counts_are"))
    if known.values["where"]:
        lines.say(said("picked"), said("picked_is"))
    lines.say(said("versions"), said("versions_are"))
    if known.warnings or any(len(each.names) > 1 for each in written):
        lines.section(said("section_warnings"))
    for heading, sentence in known.warnings:
        lines.say(said(heading), said(sentence))
    if long := [each.sheet.name for each in written if len(each.names) > 1]:
        lines.say(said("long"), said("long_are", limit=f"{limit:,}", sheets="、".join(long)))
    lines.section(said("section_reading"))
    for mark, sentence in _marks(counts):
        lines.say(said(f"mark_{mark}"), said(sentence, count=f"{counts[mark]:,}"), colour=MARKS[mark])
    for heading in ("empty_cells", "sums", "reported_by", "money", "tables", "links"):
        sentence = next(each for each in (f"{heading}_are", f"{heading}_is") if each in labels.words("page"))
        lines.say(said(heading), said(sentence))
    lines.section(said("section_sheets"))
    for each in written:
        for name in each.names:
            lines.say(name, each.sheet.about, number=each.rows if name == each.names[0] else None, link=name)
    lines.say(said("dictionary_name"), said("dictionary_about"), link=said("dictionary_name"))
    lines.section(said("section_citing"))
    lines.say(said("citing"), said("citing_is"))
    lines.say(said("licence"), said("licence_is"))
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.print_area(0, 0, lines.line - 1, len(_WIDTHS) - 1)
    page.set_footer("&L&8&A&R&8&P / &N")
    page.activate()


def _marks(counts: dict[str, int]) -> Iterator[tuple[str, str]]:
    sentences = {"about": "inexact_are", "doubtful": "doubtful_are", "corrected": "corrected_are"}
    yield from ((mark, sentence) for mark, sentence in sentences.items() if counts[mark])
