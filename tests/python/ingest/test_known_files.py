"""Files that lie where they lay, as they were, are told by their hash; a process reads every other, as ever."""

from __future__ import annotations

import os
import random
from collections.abc import Generator, Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pytest
from helpers.raw import ingest, raw, report, rows, write, zip_file

from gongkai import forgetting
from gongkai.warehouse import Warehouse
from ingest import known_files
from ingest.found import Found
from ingest.limits import Limits
from ingest.readers import txt
from ingest.taking import Event, ReadHere


class Handed:
    """Reads as ever, and keeps the names of the files that it was handed."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(
        self, files: Iterable[Found], *, known: BinaryIO, limits: Limits, temp_folder: Path
    ) -> Generator[Event]:
        def noted() -> Iterable[Found]:
            for found in files:
                self.names.append(found.source_file)
                yield found

        yield from ReadHere(1)(noted(), known=known, limits=limits, temp_folder=temp_folder)


def handed(published: Path, folder: Path, **options: object) -> list[str]:
    """What a run hands to who reads; what it says of the others is what a run that hands on all of them says."""
    reading = Handed()
    summary = ingest(published, folder, reading=reading, **options)
    assert summary.done == summary.seen
    return reading.names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {f"{number}.txt": report(number) for number in range(5)}
    files |= {"in/again.txt": report(0), "empty.txt": b"", "archive.zip": zip_file({"in.txt": report(9)})}
    return write(tmp_path / "files", files)


def test_what_is_as_it_was_is_handed_to_nobody(folder: Path, tmp_path: Path) -> None:
    published = tmp_path / "w.duckdb"
    assert len(handed(published, folder)) == 8
    before = raw(published)
    assert handed(published, folder) == ["archive.zip", "empty.txt"], "an archive and a reject are no known files"
    assert raw(published) == before
    [(unchanged, seen)] = rows(
        published, "select unchanged_count, seen_count from raw.ingest_runs order by started_at desc limit 1"
    )
    assert (unchanged, seen) == (7, 8)


def test_a_file_of_the_same_size_that_says_something_else_is_read(folder: Path, tmp_path: Path) -> None:
    published = tmp_path / "w.duckdb"
    handed(published, folder)
    (folder / "2.txt").write_bytes(report(7))
    assert "2.txt" in handed(published, folder)
    assert rows(published, "select count(*) from raw.documents where source_file = '2.txt'") == [(2,)]
    (folder / "2.txt").write_bytes(report(2))
    assert "2.txt" not in handed(published, folder), "it was there once"


def test_what_another_version_of_a_reader_made_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = tmp_path / "w.duckdb"
    handed(published, folder)
    monkeypatch.setattr(known_files, "reader_version", lambda reader: f"{txt.VERSION}+another")
    assert len(handed(published, folder)) == 8


def test_what_is_kept_or_large_or_over_a_limit_is_handed_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = tmp_path / "w.duckdb"
    handed(published, folder)
    assert len(handed(published, folder, keep=True)) == 8
    assert "1.txt" in handed(published, folder, limits=Limits(bytes=10))
    assert rows(published, "select count(*) from raw.rejects where reason_code = 'too_large'") == [(7,)]
    monkeypatch.setattr(known_files, "_LARGEST", 10)
    assert len(handed(published, folder)) == 8


def test_a_file_that_is_gone_or_none_any_more_is_handed_on(folder: Path, tmp_path: Path) -> None:
    published = tmp_path / "w.duckdb"
    handed(published, folder)
    aside = tmp_path / "aside.txt"
    (folder / "1.txt").rename(aside)
    (folder / "1.txt").symlink_to(aside)
    (folder / "2.txt").unlink()
    os.mkfifo(folder / "2.txt")
    (folder / "3.txt").chmod(0)
    names = handed(published, folder)
    assert {"1.txt", "2.txt"} <= set(names)
    assert "4.txt" not in names


def timeless(published: Path) -> dict[str, list[tuple[object, ...]]]:
    """Raw, with a mark in the place of each time, as two runs are never at the same."""
    tables = raw(published)
    return {
        name: sorted((tuple(isinstance(each, datetime) or each for each in row) for row in rows_of), key=str)
        for name, rows_of in tables.items()
    }


def test_raw_is_the_same_whether_known_files_are_handed_on_or_not(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over changes of every kind: written, written back, moved, lost, forgotten, in one folder or another."""
    short, long = tmp_path / "short.duckdb", tmp_path / "long.duckdb"
    chance = random.Random(11)
    for step in range(6):
        handed(short, folder, mirror=step % 2 == 1)
        with monkeypatch.context() as patch:
            patch.setattr(known_files, "_LARGEST", -1)
            assert len(handed(long, folder, mirror=step % 2 == 1)) > 6
        assert timeless(short) == timeless(long), step
        for _ in range(3):
            name = f"{chance.randrange(5)}.txt"
            place = folder / chance.choice(["", "in"]) / name
            if place.exists() and chance.random() < 0.3:
                place.unlink()
            else:
                place.write_bytes(report(chance.randrange(4)))
        if step == 3:
            for published in (short, long):
                forgetting.forget(Warehouse(published), ["4.txt"], undo=False)
