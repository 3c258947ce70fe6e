"""The same report in every format gives the same paragraphs and cells; a scan gives them too, or marks its doubt."""

from __future__ import annotations

import io
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pypdfium2
import pytest
from helpers.command import run_gongkai
from helpers.one_report import (
    HEADS,
    PARAGRAPHS,
    ROWS,
    TABLE_AFTER,
    as_csv,
    as_docx,
    as_flat_package,
    as_html,
    as_html_sheet,
    as_ofd,
    as_sheet_xml,
    as_txt,
    as_word_2003,
    as_xlsx,
)
from helpers.processes import PATIENCE
from PIL import Image, ImageFilter

from ingest.documents.model import Block, Document, Table
from ingest.limits import Limits
from ingest.readers import READERS, Reader, ocr, office, read_document
from ingest.readers.sniff import sniff


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The .docx in formats that LibreOffice writes."""
    program = office.find_program()
    if program is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("converted")
    source = folder / "report.docx"
    source.write_bytes(as_docx())
    found: dict[str, bytes] = {}
    for ending, form in [("pdf", "pdf"), ("doc", "doc:MS Word 97"), ("rtf", "rtf"), ("odt", "odt")]:
        command = [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            form,
        ]
        for _ in range(3):
            subprocess.run(
                [*command, "--outdir", str(folder), str(source)], check=False, timeout=PATIENCE, capture_output=True
            )
            if Path(folder, f"report.{ending}").is_file():
                break
        found[ending] = Path(folder, f"report.{ending}").read_bytes()
    return found


def load(data: bytes, reader: str) -> Document:
    document = read_document(READERS[reader], data, f"report.{reader}", Limits())
    return document


def regular(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(text.split()))


def paragraphs(document: Document) -> list[str]:
    return [regular(block.text) for block in document.blocks()]


def cells(table: Table) -> dict[tuple[int, int], str]:
    return {(cell.row, cell.col): regular(cell.text) for cell in table.cells}


WANTED_CELLS = {
    (row, col): regular(text) for row, texts in enumerate([HEADS, *ROWS], 1) for col, text in enumerate(texts, 1)
}


def check(document: Document) -> None:
    assert paragraphs(document) == [regular(paragraph) for paragraph in PARAGRAPHS]
    (table,) = document.tables()
    assert cells(table) == WANTED_CELLS
    place = next(number for number, part in enumerate(document.parts) if isinstance(part, Table))
    assert place == TABLE_AFTER


WRITTEN_HERE: list[tuple[str, str, Callable[[], bytes]]] = [
    *(("txt", "txt", as_txt), ("html", "html", as_html), ("xlsx", "xlsx", as_xlsx), ("docx", "docx", as_docx)),
    *(("csv", "csv", as_csv), ("xls", "sheet_xml", as_sheet_xml), ("xls", "html", as_html_sheet)),
    *(("doc", "word_xml", as_flat_package), ("doc", "word_xml", as_word_2003), ("ofd", "ofd", as_ofd)),
]
"""Ending, reader, and what writes the bytes."""


@pytest.mark.parametrize(
    ("ending", "reader", "write"), WRITTEN_HERE, ids=lambda value: getattr(value, "__name__", value)
)
def test_written_here(ending: str, reader: str, write: Callable[[], bytes]) -> None:
    data = write()
    kind = sniff(data, f"report.{ending}")
    assert isinstance(kind, Reader)
    assert kind.name == reader
    check(load(data, reader))


@pytest.mark.parametrize("reader", ["pdf", "doc", "rtf", "odt"])
def test_written_by_libreoffice(converted: dict[str, bytes], reader: str) -> None:
    check(load(converted[reader], reader))


def scan_of(pdf: bytes, dpi: int = 150, turn: float = 0.7) -> Image.Image:
    """A page as a scanner gives it: slightly turned, blurred and noisy."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=dpi / 72).to_pil().convert("L")
    page = page.rotate(turn, expand=False, fillcolor=255, resample=Image.Resampling.BICUBIC)
    noise = np.random.default_rng(1).normal(0, 8, (page.height, page.width))
    noisy = np.clip(np.asarray(page.filter(ImageFilter.GaussianBlur(0.6))) + noise, 0, 255)
    return Image.fromarray(noisy.astype(np.uint8))


@pytest.mark.parametrize("reader", ["pdf", "jpg"])
def test_scanned(converted: dict[str, bytes], reader: str) -> None:
    if not ocr.is_available():
        pytest.skip("the ocr extra is not installed")
    buffer = io.BytesIO()
    scan_of(converted["pdf"], turn=0.7 if reader == "pdf" else -1.3).save(
        buffer, "PDF" if reader == "pdf" else "JPEG", resolution=150, quality=70
    )
    document = load(buffer.getvalue(), reader)
    assert document.ocr_used
    assert all(block.confidence is not None for block in document.blocks())
    (table,) = document.tables()
    found = cells(table)
    right = sum(found.get(place) == text for place, text in WANTED_CELLS.items())
    assert right >= 0.97 * len(WANTED_CELLS)
    # a wrong number in a cell must be marked as doubtful
    wrong = [cell for cell in table.cells if regular(cell.text) not in ("", WANTED_CELLS.get((cell.row, cell.col)))]
    assert all(cell.confidence is not None and cell.confidence < 0.9 for cell in wrong if cell.text[:1].isdigit())
    wanted = {regular(paragraph) for paragraph in PARAGRAPHS}
    assert len(wanted & set(paragraphs(document))) >= len(wanted) - 1


def test_mixed_pdf_is_read_page_by_page(converted: dict[str, bytes]) -> None:
    if not ocr.is_available():
        pytest.skip("the ocr extra is not installed")
    scanned = io.BytesIO()
    scan_of(converted["pdf"], turn=0).crop((0, 0, 1240, 500)).save(scanned, "PDF", resolution=150)
    with pypdfium2.PdfDocument.new() as mixed:
        for data in (converted["pdf"], scanned.getvalue()):
            with pypdfium2.PdfDocument(data) as part:
                mixed.import_pages(part)
        buffer = io.BytesIO()
        mixed.save(buffer)
    document = load(buffer.getvalue(), "pdf")
    assert document.ocr_used
    by_page = {page: [block for block in document.blocks() if block.page == page] for page in (1, 2)}
    assert all(block.confidence is None for block in by_page[1])
    assert by_page[2]
    assert all(isinstance(block, Block) and block.confidence is not None for block in by_page[2])


@pytest.fixture(scope="module")
def observations(converted: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """For each format, what the warehouse says of it: figure to confidence. Built in one go."""
    folder = tmp_path_factory.mktemp("formats")
    files = {ending: write() for ending, reader, write in WRITTEN_HERE if ending == reader} | converted
    if ocr.is_available():
        scan = io.BytesIO()
        scan_of(converted["pdf"]).save(scan, "PNG")
        files["png"] = scan.getvalue()
    (folder / "reports").mkdir()
    for ending, data in files.items():
        (folder / "reports" / f"report.{ending}").write_bytes(data)
    done = run_gongkai("run", folder / "reports", published=folder / "w.duckdb")
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        rows = connection.sql("""
            select
                regexp_extract(source_file, '[a-z]+$'),
                concat_ws(' ', indicator_code, applicant_type, category_label, value, qualifier, basis),
                confidence
            from marts.observations
            inner join marts.dim_report using (report_id)
            where is_selected
        """).fetchall()
    found: dict[str, dict[str, str]] = {ending: {} for ending in files}
    for ending, figure, confidence in rows:
        found[ending][figure] = confidence
    return found


def test_every_format_gives_the_same_observations(observations: dict[str, dict[str, str]]) -> None:
    wanted = observations["html"]
    assert len(wanted) >= len(ROWS) * (len(HEADS) - 1)
    for ending, found in observations.items():
        if ending != "png":
            assert set(found) == set(wanted), ending


def test_a_scan_gives_nearly_all_observations_and_marks_what_is_wrong(observations: dict[str, dict[str, str]]) -> None:
    if "png" not in observations:
        pytest.skip("the ocr extra is not installed")
    wanted, found = observations["html"], observations["png"]
    assert len(set(found) & set(wanted)) >= 0.97 * len(wanted)
    assert all(confidence == "doubtful" for figure, confidence in found.items() if figure not in wanted)
