"""Plain text: a block a run of lines without a blank line between; tables and paragraphs are found in those."""

from __future__ import annotations

import re

from ingest.documents.model import Block, Document, Table
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers.encodings import decode

VERSION = "3"

_LINE_ENDS = ("\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n\t]*\n)+")


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks of `data`. RejectError where its encoding cannot be told or it holds more characters than the limit."""
    text, encoding = decode_text(data, limits)
    parts: list[Block | Table] = []
    page = 1
    pages = text.split("\f")
    for page, page_text in enumerate(pages, start=1):
        parts += [Block(run, page=page if len(pages) > 1 else None) for run in runs(page_text)]
    return Document(parts, page_count=page if len(pages) > 1 else None, encoding=encoding)


def decode_text(data: bytes, limits: Limits, declared: str | None = None) -> tuple[str, str]:
    """Text with `\\n` as its only line end, and its encoding; over the limit of characters it is rejected."""
    if len(data) > 4 * limits.chars:
        raise _too_much(len(data) // 4, limits)
    text, encoding = decode(data, declared)
    if len(text) > limits.chars:
        raise _too_much(len(text), limits)
    for end in _LINE_ENDS:  # most texts have none of them, which `in` tells sooner than a pattern
        if end in text:
            text = text.replace(end, "\n")
    return text, encoding


def _too_much(at_least: int, limits: Limits) -> RejectError:
    return RejectError(RejectReason.TOO_MANY_CHARACTERS, f"{at_least} characters or more; the limit is {limits.chars}")


def runs(text: str) -> list[str]:
    """The runs of lines between blank lines, with the blanks at the start of a line kept, as they may be columns."""
    return [run.strip("\n") for run in _BLANK_LINES.split(text) if run.strip()]
