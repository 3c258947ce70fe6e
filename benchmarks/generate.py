"""Write N mixed reports: `python -m benchmarks.generate --reports 1000 --out FOLDER`. The same seed, the same files."""

from __future__ import annotations

import argparse
import html
import io
import random
import sys
import zipfile
from itertools import islice
from pathlib import Path

from benchmarks.documents import ROOT, Parts, agencies, report

sys.path.insert(0, str(ROOT / "samples"))
import writers

FORMATS = ("txt", "html", "docx", "pdf")
YEARS = range(2009, 2025)
"""A report of each for every body: what stands on several years of a body is most of what a build does."""

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
    'document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
}


def generate(out: Path, count: int, *, seed: int = 20, formats: tuple[str, ...] = FORMATS) -> None:
    """Write `count` reports to `out`/FORMAT/; what is there already is kept."""
    bodies = agencies(random.Random(seed), -(-count // len(YEARS)))
    of_each = ((agency, year) for agency in bodies for year in YEARS)
    for number, (agency, year) in enumerate(islice(of_each, count)):
        document = random.Random(f"{seed} {number}")
        name = document.choice(formats)
        target = out / name / f"{year}-{agency.region_code}-{number:06d}.{name}"
        if target.exists():
            continue
        _, parts = report(document, agency, year)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_write(name, parts, document))


def _write(name: str, parts: Parts, chance: random.Random) -> bytes:
    if name == "docx":
        return word(parts)
    if name == "txt":
        source = {
            "encoding": chance.choice(["utf-8", "gb18030"]),
            "layout": chance.choice(["tabs", "tabs", "bars", "lines", "blanks"]),
        }
        return writers.to_text(source, parts)
    if name == "html":
        menu = {
            "menu": ["首页", "政务公开", "办事服务", "互动交流"] * 4,
            "footer": "主办单位",
            "position": "首页 > 年报",
        }
        return writers.to_html({"portal": menu, "encoding": chance.choice(["utf-8", "gb18030"])}, parts)
    return writers.to_pdf({"page_header": "年度报告"}, parts)


def word(parts: Parts) -> bytes:
    """A Word document written as XML: python-docx takes a second for each official form, this a millisecond."""
    body = "".join(_table(content) if kind == "table" else _paragraph(content) for kind, content in parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
        for name, text in {**_PACKAGE, "word/document.xml": document}.items():
            archive.writestr(zipfile.ZipInfo(name, writers.FIXED_TIME), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{html.escape(text)}</w:t></w:r></w:p>'


def _table(grid: list[list[tuple[str, int, int]]]) -> str:
    cells, height, width = writers.placed(grid)
    covered = {
        (row + down, column): across for (row, column), (_, rows, across) in cells.items() for down in range(1, rows)
    }
    lines = []
    for row in range(height):
        line, column = "", 0
        while column < width:
            if (row, column) in cells:
                text, rows, across = cells[row, column]
                merge = '<w:vMerge w:val="restart"/>' if rows > 1 else ""
            else:
                text, across, merge = "", covered.get((row, column), 1), "<w:vMerge/>"
            span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
            line += f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraph(text)}</w:tc>"
            column += across
        lines.append(f"<w:tr>{line}</w:tr>")
    columns = "<w:gridCol/>" * width
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{''.join(lines)}</w:tbl>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--formats", default=",".join(FORMATS), help="which formats to write, apart by commas")
    arguments = parser.parse_args()
    generate(arguments.out, arguments.reports, seed=arguments.seed, formats=tuple(arguments.formats.split(",")))


if __name__ == "__main__":
    main()
