"""Object storage: what lies below an address is listed and fetched here, never by a process that reads documents.

Keys and endpoint stand in the environment, as every tool for such storage has them (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL), not in the address, which raw keeps. Nothing but that endpoint is
spoken to.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.errors import RejectReason, UsageError, in_a_line
from ingest.found import Found
from ingest.limits import Limits

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_AT_ONCE = 8
"""Files that are fetched at once, as each request waits for an answer, and that may lie there until they are read."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A file or folder in object storage: bucket and key, without a slash at the end."""

    key: str

    def __str__(self) -> str:
        return f"s3://{self.key}"


Source = Path | Stored
"""Where files are read from."""


def source_of(text: str) -> Source:
    """What an argument names. UsageError for an address of a kind that is not read, or with more than a place in it."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return Path(text)
    scheme, rest = match.groups()
    if scheme == "file":
        parts = urlsplit(text)
        if parts.netloc not in ("", "localhost"):
            raise UsageError(f"{text}: names another machine; write file:///folder for one of this machine")
        return Path(unquote(parts.path))
    if scheme != "s3":
        raise UsageError(f"{text}: is at no place that is read; name a file, a folder, file:///… or s3://bucket/folder")
    bucket, _, _ = rest.partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise UsageError(
            "an address is s3://bucket/folder, nothing more: keys and endpoint stand in the environment "
            "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL)"
        )
    return Stored(rest.rstrip("/"))


def check_stored(stored: Stored) -> None:
    """UsageError for an address below which there is nothing, or that nobody answers for."""
    # Imported here, as below: who reads from disk does without it.
    from pyarrow.fs import FileType

    try:
        kind = storage_of(stored).get_file_info(stored.key).type
    except OSError as error:
        raise UsageError(f"{stored}: cannot be looked at ({in_a_line(error)})") from error
    if kind == FileType.NotFound:
        raise UsageError(f"{stored}: does not exist; name a file or a folder of files")


def find_stored(stored: Stored, leave_out: Iterable[Stored] = ()) -> Iterator[Found]:
    """The files below an address, but what is in `leave_out`, as `ingest.find.find_files` finds those of a folder."""
    from pyarrow.fs import FileSelector, FileType

    storage = storage_of(stored)
    if storage.get_file_info(stored.key).type == FileType.File:
        yield Found(stored.key, stored.key.rpartition("/")[2], is_stored=True)
        return
    passed_over = {each.key for each in leave_out}
    waiting = [(stored.key, "")]
    while waiting:
        folder, prefix = waiting.pop()
        if folder in passed_over:
            continue
        try:
            entries = sorted(storage.get_file_info(FileSelector(folder)), key=lambda entry: entry.base_name)
        except OSError as error:
            yield Found(folder, prefix.rstrip("/") or ".", RejectReason.UNREADABLE, in_a_line(error))
            continue
        shown = [entry for entry in entries if not entry.base_name.startswith(".")]
        inner: list[tuple[str, str]] = []
        for entry in shown:
            if entry.type == FileType.Directory:
                inner.append((entry.path, f"{prefix}{entry.base_name}/"))
            else:
                yield Found(entry.path, prefix + entry.base_name, is_stored=True)
        waiting += reversed(inner)


def fetched(files: Iterable[Found], folder: Path, limits: Limits) -> Iterator[Found]:
    """The files in their order, those of object storage as copies in a folder; whoever takes one removes it.

    One that is larger than the limit, or cannot be fetched, has that as its reason.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting: deque[Future[Found] | Found] = deque()
        for found in files:
            is_there = found.reason is not None or not found.is_stored
            waiting.append(found if is_there else pool.submit(_fetch, found, folder, limits))
            while waiting and (isinstance(waiting[0], Found) or len(waiting) > _AT_ONCE):
                yield _result(waiting.popleft())
        yield from map(_result, waiting)


def _result(one: Future[Found] | Found) -> Found:
    return one if isinstance(one, Found) else one.result()


def _fetch(found: Found, folder: Path, limits: Limits) -> Found:
    descriptor, copy = tempfile.mkstemp(prefix="fetched-", dir=folder)
    taken = 0
    try:
        storage = storage_of(Stored(found.path))
        with os.fdopen(descriptor, "wb") as file, storage.open_input_stream(found.path) as stream:
            while piece := stream.read(_PIECE):
                taken += len(piece)
                if taken > limits.bytes:
                    break
                file.write(piece)
    except OSError as error:
        Path(copy).unlink()
        return replace(found, reason=RejectReason.UNREADABLE, detail=in_a_line(error))
    if taken > limits.bytes:
        Path(copy).unlink()
        return replace(found, reason=RejectReason.TOO_LARGE, detail=f"the limit is {limits.bytes} bytes")
    return replace(found, path=copy)


def storage_of(stored: Stored) -> FileSystem:
    """The storage that its bucket is in."""
    return _storage_of(stored.key.partition("/")[0], os.environ.get("AWS_ENDPOINT_URL", ""))


@cache
def _storage_of(bucket: str, endpoint: str) -> FileSystem:
    """The storage that has a bucket: at the endpoint of the environment, or at the region of Amazon's that has it."""
    from pyarrow.fs import S3FileSystem, resolve_s3_region

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not endpoint:
        return S3FileSystem(region=region or resolve_s3_region(bucket))
    # Elsewhere than at Amazon's nobody answers for the keys of a machine there.
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    parts = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    return S3FileSystem(endpoint_override=parts.netloc + parts.path.rstrip("/"), scheme=parts.scheme, region=region)
