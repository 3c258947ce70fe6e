"""`datapackage.json`: what the files of an export hold, as a Frictionless Data Package (types, units, keys, hashes)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.export.csv_files import TIME_FORMAT
from gongkai.export.files import replacing
from gongkai.export.first_sheet import About
from gongkai.export.labels import Labels
from gongkai.export.marts import Column, primary_key, references, table_description
from gongkai.export.picking import Picked

NAME = "datapackage.json"
_TYPES = {"INTEGER": "integer", "BIGINT": "integer", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime"}
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True, slots=True)
class Resource:
    """A mart as it was written: its format, its files (several where it is in parts), and its columns."""

    table: str
    format: str
    files: list[Path]
    columns: list[Column]


def write_package(folder: Path, picked: Picked, labels: Labels, known: About, resources: list[Resource]) -> Path:
    """Write the description of files beside them. Returns its path."""
    there = {resource.table for resource in resources if resource.format == "csv"}
    values = known.values
    package: dict[str, Any] = {
        "profile": "tabular-data-package" if all(each.format == "csv" for each in resources) else "data-package",
        "name": "gongkai",
        "title": labels.say("title"),
        "description": labels.say("subtitle") + (f" --where {picked.where}" if picked.where else ""),
        "version": str(values["number"] or "0"),
        "created": f"{known.published_at:{TIME_FORMAT}}Z" if known.published_at else None,
        "homepage": None,
        "licenses": [{"name": "other-pd", "title": labels.say("licence_is")}],
        "sources": [{"title": labels.say("counts_are", **values)}],
        "contributors": [{"title": f"gongkai {values['version']}", "role": "wrangler"}],
        "fingerprint": values["fingerprint"],
        "resources": [_resource(folder, picked, labels, resource, there) for resource in resources],
    }
    target = folder / NAME
    with replacing(target) as path:
        kept = {name: value for name, value in package.items() if value is not None}
        path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return target


def _resource(folder: Path, picked: Picked, labels: Labels, resource: Resource, there: set[str]) -> dict[str, Any]:
    paths = [file.relative_to(folder).as_posix() for file in resource.files]
    described: dict[str, Any] = {
        "name": resource.table if resource.format == "csv" else f"{resource.table}-{resource.format}",
        "path": paths[0] if len(paths) == 1 else paths,
        "format": resource.format,
        "mediatype": _MEDIA_TYPES[resource.format],
        "type": "table" if resource.format == "csv" else "file",
        "description": " ".join(table_description(picked.connection, resource.table).split()),
        "bytes": sum(file.stat().st_size for file in resource.files),
    }
    if len(resource.files) == 1:
        described["hash"] = f"sha256:{_sha256(resource.files[0])}"
    if resource.format == "csv":
        described |= {
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "dialect": {"lineTerminator": "\r\n"},
            "schema": _schema(picked, labels, resource, there),
        }
    return described


def _schema(picked: Picked, labels: Labels, resource: Resource, there: set[str]) -> dict[str, Any]:
    """Fields with types, titles and units; the primary key, where the mart has one without empty cells; references to
    files that lie beside this one, where no row was left out."""
    connection = picked.connection
    names = [column.name for column in resource.columns]
    schema: dict[str, Any] = {
        "fields": [_field(labels, column) for column in resource.columns],
        "missingValues": [""],
    }
    key = primary_key(connection, resource.table, names)
    if key:
        schema["primaryKey"] = key
    leading = [
        {"fields": [each.column], "reference": {"resource": each.to_table, "fields": [each.to_column]}}
        for each in references(connection, resource.table)
        if each.column in names and each.to_table in there and each.to_table not in picked.columns
    ]
    if leading and not picked.is_part:
        schema["foreignKeys"] = leading
    return schema


def _field(labels: Labels, column: Column) -> dict[str, Any]:
    kind = _TYPES.get(column.type) or ("number" if column.type.startswith(("DECIMAL", "DOUBLE")) else "string")
    field: dict[str, Any] = {"name": column.name, "type": kind}
    indicator = labels.indicator_of(column)
    if indicator is not None:
        field["title"] = labels.choose(indicator.name_zh, indicator.name_en)
        field["unit"] = indicator.unit
    if kind == "datetime":
        field["format"] = TIME_FORMAT
    description = " ".join(column.description.split())
    if column.type.endswith("[]"):
        description = f"{description} Several are joined by ;.".strip()
    if description:
        field["description"] = description
    return field


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
