"""Web archives (.mht): the page that a browser or Word saved with its pictures in one file."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers import html

VERSION = f"1+html{html.VERSION}"


def read(data: bytes, name: str, limits: Limits) -> Document:
    """The root page of the archive. RejectError where it holds none."""
    message = message_from_bytes(data)
    page = _root_page(message, limits)
    payload = page.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        raise RejectError(RejectReason.DAMAGED, "the page in the web archive is empty or cut off")
    document = html.read_page(payload, limits, page.get_content_charset())
    location = page.get("Content-Location") or message.get("Snapshot-Content-Location")
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
