"""What most people would write first: one file after another, every page and every cell through the handy calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from ingest.limits import Limits
from ingest.readers import READERS, read_document


def read_pdf(path: Path) -> int:
    """Text and tables of every page by pdfplumber. Returns the number of characters and cells, so that all is read."""
    import pdfplumber

    with pdfplumber.open(path) as document:
        return sum(
            len(page.extract_text()) + sum(len(row) for table in page.extract_tables() for row in table)
            for page in document.pages
        )


def read_docx(path: Path) -> int:
    """Paragraphs and, by `table.cell`, every cell."""
    from docx import Document

    document = Document(str(path))
    count = sum(len(paragraph.text) for paragraph in document.paragraphs)
    for table in document.tables:
        for row in range(len(table.rows)):
            for column in range(len(table.columns)):
                count += len(table.cell(row, column).text)
    return count


BASELINES: dict[str, Callable[[Path], int]] = {"pdf": read_pdf, "docx": read_docx}


def times_as_fast(kind: str, files: list[Path]) -> float:
    """CPU time of the baseline over that of our reader, on the same files in this process, all modules loaded."""
    reader, limits = READERS[kind], Limits()
    read_document(reader, files[0].read_bytes(), files[0].name, limits)
    BASELINES[kind](files[0])
    started = time.process_time()
    for path in files:
        read_document(reader, path.read_bytes(), path.name, limits)
    between = time.process_time()
    for path in files:
        BASELINES[kind](path)
    return (time.process_time() - between) / (between - started)


def documents_per_second(kind: str, files: list[Path]) -> float:
    """How many of these files the baseline reads in a second."""
    started = time.perf_counter()
    for path in files:
        BASELINES[kind](path)
    return len(files) / (time.perf_counter() - started)
