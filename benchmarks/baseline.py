"""What most people would write first, and the least that a library takes: what our readers are measured against."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from ingest.limits import Limits
from ingest.readers import READERS, read_document

Reads = Callable[[Path], int]
"""Reads a file and gives back the number of characters and cells, so that all is read."""


def by_pdfplumber(path: Path) -> int:
    """Text and tables of every page."""
    import pdfplumber

    with pdfplumber.open(path) as document:
        return sum(
            len(page.extract_text()) + sum(len(row) for table in page.extract_tables() for row in table)
            for page in document.pages
        )


def by_pdfium(path: Path) -> int:
    """Text of every page, and no table."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    count = sum(len(page.get_textpage().get_text_range()) for page in document)
    document.close()
    return count


def by_python_docx(path: Path) -> int:
    """Paragraphs and, by `table.cell`, every cell."""
    from docx import Document

    document = Document(str(path))
    count = sum(len(paragraph.text) for paragraph in document.paragraphs)
    for table in document.tables:
        for row in range(len(table.rows)):
            for column in range(len(table.columns)):
                count += len(table.cell(row, column).text)
    return count


def by_lxml(path: Path) -> int:
    """Text of every paragraph and cell."""
    from lxml import html

    tree = html.fromstring(path.read_bytes())
    return sum(len(element.text_content()) for element in tree.iter("p", "h1", "h2", "h3", "td", "th"))


def by_beautiful_soup(path: Path) -> int:
    """The same, as most tutorials have it. ImportError without beautifulsoup4, which nothing of ours needs."""
    from bs4 import BeautifulSoup

    tree = BeautifulSoup(path.read_bytes(), "lxml")
    return sum(len(element.get_text()) for element in tree.find_all(["p", "h1", "h2", "h3", "td", "th"]))


BASELINES: dict[str, dict[str, Reads]] = {
    "pdf": {"pdfium": by_pdfium, "pdfplumber": by_pdfplumber},
    "docx": {"python-docx": by_python_docx},
    "html": {"lxml": by_lxml, "BeautifulSoup": by_beautiful_soup},
}


def times_as_fast(kind: str, files: list[Path]) -> dict[str, float]:
    """CPU time of each baseline over that of our reader, on the same files in this process, all modules loaded."""
    reader, limits = READERS[kind], Limits()
    ours = _cpu(lambda path: len(read_document(reader, path.read_bytes(), path.name, limits).parts), files)
    found = {}
    for name, reads in BASELINES.get(kind, {}).items():
        try:
            found[name] = _cpu(reads, files) / ours
        except ImportError:
            continue
    return found


def _cpu(reads: Reads, files: list[Path]) -> float:
    reads(files[0])
    started = time.process_time()
    for path in files:
        reads(path)
    return time.process_time() - started
