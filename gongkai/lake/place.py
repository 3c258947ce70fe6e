"""Where a lake lies: a folder, or a place in object storage. A file in it is there whole, or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import GongkaiError, UsageError, in_a_line
from ingest.storage import Source, Stored, storage_of

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

MARK = "gongkai-lake.txt"
"""A file in the lake, which tells it from somebody else's folder."""
_MARKED = b"Raw tables of Gongkai as Parquet, form 1. Written by gongkai run --lake; read them with anything.\n"
_UNFINISHED = re.compile(r"\.[0-9a-z]+\.parquet\.new")


class Place:
    """A lake's files by their names, as in `raw/blocks/share=3/NAME.parquet`."""

    def __init__(self, source: Source, *, begin: bool = True) -> None:
        """Open a lake, or (`begin`) begin one where nothing is. Errors as of all others: GongkaiError where it cannot
        be written, UsageError where something else lies there, or nothing."""
        # Imported here: who has no lake does without it.
        from pyarrow.fs import LocalFileSystem

        self._source = source
        self._is_stored = isinstance(source, Stored)
        self._files: FileSystem = storage_of(source) if isinstance(source, Stored) else LocalFileSystem()
        self._root = source.key if isinstance(source, Stored) else os.path.realpath(source)
        self._require_ours(begin=begin)

    def _require_ours(self, *, begin: bool) -> None:
        from pyarrow.fs import FileSelector

        with self._told("read"):
            entries = self._files.get_file_info(FileSelector(self._root, allow_not_found=True))
            there = {each.base_name for each in entries if not each.base_name.startswith(".")}
            if not there and not begin:
                raise UsageError(f"--lake {self._source}: no lake is there; name the folder of one, or files to read")
            if not there:
                self._write(MARK, _MARKED)
            elif MARK not in there:
                raise UsageError(f"--lake {self._source}: other files lie there; name a new or empty folder")
            elif self._files.open_input_stream(f"{self._root}/{MARK}").read() != _MARKED:
                raise GongkaiError(f"--lake {self._source}: another version of gongkai wrote it; name another folder")

    def names(self) -> set[str]:
        """All files. What a run that was killed left half written is removed."""
        from pyarrow.fs import FileSelector, FileType

        with self._told("read"):
            selected = FileSelector(f"{self._root}/raw", recursive=True, allow_not_found=True)
            files = [each for each in self._files.get_file_info(selected) if each.type == FileType.File]
            names = set()
            for file in files:
                if _UNFINISHED.fullmatch(file.base_name):
                    self._files.delete_file(file.path)
                else:
                    names.add(file.path.removeprefix(f"{self._root}/"))
        return names

    def require(self, name: str, names: set[str]) -> None:
        """GongkaiError where a file is not among those that are there."""
        if name not in names:
            raise GongkaiError(f"--lake {self._source}: {name} is gone; put it back, or name a new folder")

    def put(self, name: str, file: Path) -> None:
        """Write a file, in the place of one of this name."""
        with self._told("written"):
            self._write(name, file.read_bytes())

    def _write(self, name: str, data: bytes) -> None:
        path = Path(self._root, name)
        if self._is_stored:
            with self._files.open_output_stream(str(path)) as stream:
                stream.write(data)  # it is there when the stream is closed
            return
        if os.path.realpath(path.parent) != str(path.parent):
            raise GongkaiError(f"{path.parent}: a link leads out of the lake; put a folder in its place")
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.new")
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    def remove(self, name: str) -> None:
        with self._told("written"):
            self._files.delete_file(f"{self._root}/{name}")

    @contextmanager
    def local(self, name: str, aside: Path) -> Iterator[Path]:
        """A file to be read here: as it lies there, or as a copy in a folder."""
        if not self._is_stored:
            yield Path(self._root, name)
            return
        copy = aside / "of-the-lake.parquet"
        with (
            self._told("read"),
            self._files.open_input_stream(f"{self._root}/{name}") as stream,
            copy.open("wb") as file,
        ):
            shutil.copyfileobj(stream, file)
        yield copy
        copy.unlink()

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            said = in_a_line(error)
            raise GongkaiError(f"--lake {self._source}: cannot be {what} ({said}); what landed is kept") from error
