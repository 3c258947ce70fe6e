"""Web pages."""

from __future__ import annotations

import re

from lxml import html as lxml_html

from ingest.limits import Limits
from ingest.model import Block, Cell, Document, Table
from ingest.readers.txt import decode_text

VERSION = "0"


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables of a page."""
    match = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    text, encoding = decode_text(data, limits, match[1].decode("ascii") if match else None)
    tree = lxml_html.document_fromstring(text)
    parts: list[Block | Table] = []
    for element in tree.iter("p", "h1", "h2", "h3", "h4", "table"):
        if element.tag == "table":
            cells = [
                Cell(row, col, cell.text_content().strip())
                for row, line in enumerate(element.iter("tr"), start=1)
                for col, cell in enumerate(line.iter("td", "th"), start=1)
            ]
            parts.append(Table(cells))
        elif not any(ancestor.tag == "table" for ancestor in element.iterancestors()):
            level = int(element.tag[1]) if element.tag != "p" else None
            parts.append(Block(element.text_content(), "heading" if level else "paragraph", level))
    title = tree.findtext(".//title") or ""
    return Document(parts, {"title": title.strip()}, encoding=encoding)
