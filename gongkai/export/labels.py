"""What columns and codes are called: the rows of marts.dim_label and dim_code, and the names that other marts have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

import duckdb

from gongkai.export.marts import Column, every_name
from gongkai.warehouse.published import require_marts


class Language(StrEnum):
    """The language of headings and words."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


Words = dict[str, str]
"""The words for codes."""

_NAMED = {
    "level": ("dim_level", "level_code"),
    "metric": ("dim_metric", "metric_code"),
    "check": ("dim_check", "check_code"),
}
"""Kinds of codes that are named by a mart of their own."""


@dataclass(frozen=True, slots=True)
class Label:
    """A column as the workbook shows it; `words` is the kind of its codes."""

    column: str
    part: str
    part_no: int
    heading: str
    format: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator as a heading: its names, and its unit as a code."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    parent: str | None


class Labels:
    """Headings and words in one language."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, language: Language) -> None:
        require_marts(connection, "dim_label", "dim_code", "dim_sheet", "dim_indicator")
        self.language = language
        self._connection = connection
        self._words: dict[str, Words] = {}
        for kind, code, zh, en in connection.execute("select * from marts.dim_code order by all").fetchall():
            self._words.setdefault(kind, {})[code] = self.choose(zh, en)
        there = every_name(connection)
        for kind, (table, column) in _NAMED.items():
            if table in there:
                rows = connection.execute(f"select {column}, name_zh, name_en from marts.{table}").fetchall()  # noqa: S608
                self._words[kind] = {
                    **self._words.get(kind, {}),
                    **{code: self.choose(zh, en) for code, zh, en in rows},
                }
        self.indicators = [
            Indicator(*row)
            for row in connection.execute(
                "select indicator_code, name_zh, name_en, unit, parent_code from marts.dim_indicator "
                "order by fact_table, indicator_code"
            ).fetchall()
        ]
        self._by_name = {indicator.name_zh: indicator for indicator in self.indicators}

    def choose(self, zh: str | None, en: str | None) -> str:
        """What is said in the language, of the two."""
        zh, en = zh or "", en or ""
        match self.language:
            case Language.ZH:
                return zh or en
            case Language.EN:
                return en or zh
            case _:
                return zh if zh == en else f"{zh} {en}".strip()

    def words(self, kind: str) -> Words:
        """The words for codes of a kind."""
        return self._words.get(kind, {})

    def say(self, code: str, **values: object) -> str:
        """A sentence of the workbook's first sheet (kind page), with values in the places that it leaves for them."""
        template = self.words("page").get(code, code)
        places = {name for _, name, _, _ in Formatter().parse(template) if name}
        return template.format(**{name: values.get(name, "") for name in places})

    def with_unit(self, zh: str, en: str, unit: str) -> str:
        """A heading of figures, with the unit that they are in."""
        unit_zh, unit_en = self._unit(unit)
        return self.choose(f"{zh}（{unit_zh}）", f"{en} ({unit_en})")

    def _unit(self, unit: str) -> tuple[str, str]:
        rows = self._connection.execute(
            "select name_zh, name_en from marts.dim_code where kind = 'unit' and code = ?", [unit]
        ).fetchall()
        return (rows[0][0], rows[0][1]) if rows else (unit, unit)

    def indicator_of(self, column: Column) -> Indicator | None:
        """The indicator that a column of figures is of: its description begins with the name."""
        return self._by_name.get(column.description.split(". ", 1)[0])

    def of_sheet(self, sheet: str, table: str) -> list[Label]:
        """The rows for the columns of a sheet: its own before those of its mart, and those before the ones for all."""
        rows = self._connection.execute(
            """
            select
                column_name,
                if(language is null or $both or language = $language, part, 'none') as part,
                coalesce(part_no, 0) as part_no,
                name_zh,
                name_en,
                format,
                coalesce(words, '') as words,
            from marts.dim_label
            where table_name is null or table_name in ($sheet, $mart)
            qualify rank() over (
                partition by column_name
                order by coalesce(table_name = $sheet, false) desc, table_name is null
            ) = 1
            order by part_no, column_name
            """,
            {
                "both": self.language is Language.BOTH,
                "language": self.language.value,
                "sheet": sheet,
                "mart": table,
            },
        ).fetchall()
        return [
            Label(column, part, number, self.choose(zh, en), form, words)
            for column, part, number, zh, en, form, words in rows
        ]

    def sheet_name(self, zh: str, en: str) -> str:
        """The name of a sheet: Chinese in both languages, as there is no room for two."""
        return en if self.language is Language.EN else zh
