"""Web archives (.mht): the page that a browser or Word saved with its pictures in one file."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers import html
from ingest.readers.txt import decode_text

VERSION = f"2+html{html.VERSION}"


def read(data: bytes, name: str, limits: Limits) -> Document:
    """The root page of the archive. RejectError where it holds none."""
    message = message_from_bytes(data)
    page = _root_page(message, limits)
    payload = page.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        raise RejectError(RejectReason.DAMAGED, "the page in the web archive is empty or cut off")
    location = page.get("Content-Location") or message.get("Snapshot-Content-Location")
    saved = dict(_saved(message, page, limits))
    document = html.read_page(payload, limits, page.get_content_charset(), saved, str(location or ""))
    if location:
        document.properties.setdefault("Content-Location", str(location))
    return document


def _root_page(message: Message, limits: Limits) -> Message:
    """The part that the header names as the start, else the first page."""
    start = message.get_param("start")
    first = None
    for number, part in enumerate(message.walk()):
        if number > limits.members:
            raise RejectError(RejectReason.DECOMPRESSION, f"more than {limits.members} parts, the limit")
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        if start and part.get("Content-ID") == start:
            return part
        first = first or part
    if first is None:
        raise RejectError(RejectReason.NO_TEXT, "there is no page in the web archive")
    return first


def _saved(message: Message, page: Message, limits: Limits) -> Iterator[tuple[str, str]]:
    """The style sheets and the pages of frames, by the addresses under which the page calls them."""
    for part in message.walk():
        if part is page or part.get_content_type() not in ("text/css", "text/html"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            try:
                text = decode_text(payload, limits, part.get_content_charset())[0]
            except RejectError:
                continue  # what stands beside the page costs only itself
            if location := part.get("Content-Location"):
                yield str(location), text
            if name := part.get("Content-ID"):
                yield f"cid:{str(name).strip('<>')}", text
