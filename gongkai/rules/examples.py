"""Examples of rules of prose, read by the very models that read reports.

How a phrase becomes a pattern, and what a pattern is held against, is written once, in `models/prose` and the macros.
So each example becomes a small document in a DuckDB in memory, and the models run over it: no second reading of the
language of phrases stands in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import jinja2

from gongkai.rules.declarations import ReadBy
from gongkai.rules.kinds import Rules
from gongkai.rules.problems import Problem, shown
from gongkai.rules.templates import Templates, model_file, stands_on
from gongkai.warehouse.sql import quoted, records
from ingest.documents.raw import create_raw

_TITLE = "某某县人民政府2023年政府信息公开工作年度报告"


def blocks(example: str) -> Iterator[tuple[str, str]]:
    """An example as blocks (kind, text) of a report: its title, then headings in 【】 and paragraphs parted by ／."""
    yield "heading", _TITLE
    for piece in re.findall(r"【[^】]*】|[^【】／]+", example):
        yield "heading" if piece.startswith("【") else "paragraph", piece.strip("【】")


def read_examples(project: Path, rules: Rules, templates: Templates, broken: set[str]) -> list[Problem]:
    """Read all examples; one that its row does not read becomes a problem of the row. What stands on a broken seed
    waits until that is mended. Gives back what is wrong with the models themselves."""
    readers = [
        (name, read_by)
        for name, declared in rules.declared.items()
        for read_by in declared.read_by
        if not broken & {name, *stands_on(project, read_by.model)}
    ]
    if not readers:
        return []
    try:
        models = _Models(project, rules, templates)
        for name, read_by in readers:
            models.land(name, read_by.column)
        for name, read_by in readers:
            try:
                models.compare(name, read_by)
            except duckdb.Error as error:  # in what the YAML says of found and rule
                raise _ModelError(rules.declared[name].yaml_file, error) from error
    except _ModelError as error:
        # Where a seed is broken, that may be why.
        return [] if broken else [Problem(error.file, 1, f"the examples of rules cannot be read: {error}")]
    return []


class _ModelError(Exception):
    """A model that is no SQL or asks for what only dbt gives, or a `read_by` that does not fit it."""

    def __init__(self, file: str, error: Exception) -> None:
        super().__init__(str(error).splitlines()[0])
        self.file = file


class _Models:
    """The models that examples are read by, each made into a table when it is first asked for."""

    def __init__(self, project: Path, rules: Rules, templates: Templates) -> None:
        self.project = project
        self.rules = rules
        self.connection = rules.tables.connection
        self.made: set[str] = set()
        self.templates = templates
        templates.give(
            config=lambda **_: "",
            ref=self.ref,
            source=lambda schema, table: f"{schema}.{table}",
            seed_rows=self.seed_rows,
            documents_to_build=lambda: "select document_id, '' as version from raw.documents",
        )
        create_raw(self.connection)
        self.connection.execute("create schema models")

    def ref(self, name: str) -> str:
        """The table of a seed or model."""
        if name in self.rules.declared:
            return f"seeds.{quoted(name)}"
        path = model_file(self.project, name)
        if path is None:
            raise _ModelError("models", LookupError(f"there is no model {name}"))
        if name not in self.made:
            try:
                sql = self.templates.render(path.read_text("utf-8"))
                self.connection.execute(f"create table models.{quoted(name)} as {sql}")
            except (duckdb.Error, jinja2.TemplateError) as error:
                raise _ModelError(path.relative_to(self.project).as_posix(), error) from error
            self.made.add(name)
        return f"models.{quoted(name)}"

    def seed_rows(self, relation: str, order_by: str, where: str = "true") -> list[dict[str, object]]:
        """The rows of a seed, as the macro of the name gives them."""
        return records(self.connection, f"select * from {relation} where {where} order by {order_by}")  # noqa: S608 - ours

    def land(self, name: str, column: str) -> None:
        """Make a document of each example of a column."""
        examples = [
            (_document(name, column, index), text) for index, text in enumerate(self.rules.files[name].column(column))
        ]
        self.connection.execute(
            "insert into raw.documents by name select unnest(?) as document_id, '' as source_file,"
            " '' as archive_member, 'text/plain' as media_type, 0 as size_bytes, 'txt' as reader, '' as reader_version,"
            " 0 as char_count, false as ocr_used, '{}' as properties, current_date as first_seen_at,"
            " current_date as last_seen_at, '' as content_version",
            [[document for document, _ in examples]],
        )
        landed = [
            (document, number, kind, text)
            for document, example in examples
            for number, (kind, text) in enumerate(blocks(example), start=1)
        ]
        self.connection.execute(
            "insert into raw.blocks by name select unnest(?) as document_id, unnest(?) as block_no, unnest(?) as kind,"
            " unnest(?) as text",
            [list(values) for values in zip(*landed, strict=True)] if landed else [[], [], [], []],
        )

    def compare(self, name: str, read_by: ReadBy) -> None:
        """Whether the model finds in each example what the row says."""
        seed = self.rules.files[name]
        document = _document(name, read_by.column, "")
        unread = self.connection.execute(
            f"""
            select
                rule.row_index,
                (
                    select string_agg(distinct ({read_by.tells})::varchar, ', ')
                    from {self.ref(read_by.model)} as found
                    where found.document_id = '{document}' || rule.row_index
                ) as told
            from {self.ref(name)} as rule
            where rule.{quoted(read_by.column)} is not null
                and not exists (
                    select 1
                    from {self.ref(read_by.model)} as found
                    where found.document_id = '{document}' || rule.row_index and ({read_by.holds})
                )
            order by rule.row_index
            """  # noqa: S608 - the expressions are the project's own
        ).fetchall()
        for index, told in unread:
            value = seed.column(read_by.column)[index]
            seed.add(
                seed.lines[index],
                f"the {read_by.column} {shown(value)} is not read by its own row; in it {read_by.model} finds"
                f" {told or 'nothing'}",
                column=read_by.column,
                value=value,
            )


def _document(name: str, column: str, index: int | str) -> str:
    return f"{name} {column} {index}"
