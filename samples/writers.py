"""Write a document (title, headings, paragraphs, tables) as text, Markdown, HTML, Word, PDF or a scan-like PDF.

Every writer takes the source and the parts of the document, a list of (kind, content) with the kinds title, heading,
paragraph and table, and returns the bytes of the file; the same source gives the same bytes.
"""

from __future__ import annotations

import html
import io
import zipfile
from pathlib import Path
from typing import Any

from forms import Grid

Parts = list[tuple[str, Any]]
FIXED_TIME = (2020, 1, 1, 0, 0, 0)
SCAN_FONTS = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
]


def flat_rows(grid: Grid, layout: str, joint: str = "|") -> list[str]:
    """A table as text lines.

    `tabs`: a cell a line after a tab; `bars`: a row a line; `lines`: a cell a line; `blanks`: columns apart by blanks.
    """
    lines: list[str] = []
    for row in grid:
        texts = [cell[0] for cell in row]
        if layout == "tabs":
            lines += [f"\t{text}" for text in texts] + [""]
        elif layout == "lines":
            lines += [line for text in texts if text for line in (f"　　{text}", "")]
        elif layout == "blanks":
            lines.append("    ".join(text or "  " for text in texts))
        else:
            lines.append("".join(f"{text} {joint} " for text in texts).rstrip())
    return lines


def to_text(source: dict[str, Any], parts: Parts) -> bytes:
    """Plain text; `encoding`, `layout` and `indent` come from the source."""
    lines: list[str] = []
    indent = source.get("indent", "　　")
    for kind, content in parts:
        if kind == "table":
            lines += [*flat_rows(content, source.get("layout", "tabs")), ""]
        else:
            lines += [content if kind in {"title", "heading"} else indent + content, ""]
    text = "\n".join(lines).rstrip() + "\n"
    if source.get("crlf"):
        text = text.replace("\n", "\r\n")
    return text.encode(source.get("encoding", "utf-8"))


def placed(grid: Grid) -> tuple[dict[tuple[int, int], tuple[str, int, int]], int, int]:
    """The cells of a grid by (row, column) as they stand once spans are laid out, and the size of the table."""
    taken: set[tuple[int, int]] = set()
    cells: dict[tuple[int, int], tuple[str, int, int]] = {}
    for row_no, row in enumerate(grid):
        column = 0
        for text, rows, columns in row:
            while (row_no, column) in taken:
                column += 1
            cells[row_no, column] = (text, rows, columns)
            taken |= {(row_no + y, column + x) for y in range(rows) for x in range(columns)}
            column += columns
    return cells, len(grid), max(column for _, column in taken) + 1


def to_markdown(source: dict[str, Any], parts: Parts) -> bytes:
    """Markdown; a cell that spans others is followed by blank ones."""
    lines: list[str] = []
    for kind, content in parts:
        if kind == "table":
            cells, height, width = placed(content)
            for row in range(height):
                lines.append(
                    "| " + " | ".join(cells.get((row, column), ("", 1, 1))[0] for column in range(width)) + " |"
                )
                if row == 0:
                    lines.append("|" + "---|" * width)
            lines.append("")
        else:
            lines += [{"title": "# ", "heading": "## "}.get(kind, "") + content, ""]
    return ("\n".join(lines).rstrip() + "\n").encode()


def html_table(grid: Grid) -> str:
    """A table in HTML with its spans."""
    rows = []
    for row in grid:
        cells = []
        for text, down, across in row:
            spans = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
            cells.append(f"<td{spans}><p>{html.escape(text)}</p></td>")
        rows.append("<tr>" + "".join(cells) + "</tr>")
    return '<table border="1" cellspacing="0">\n' + "\n".join(rows) + "\n</table>"


def to_html(source: dict[str, Any], parts: Parts) -> bytes:
    """An article in the page of a portal; its menus, breadcrumbs, links and footer come from `[portal]`."""
    portal = source.get("portal", {})
    encoding = source.get("encoding", "utf-8")
    title = next((content for kind, content in parts if kind == "title"), "")
    body = []
    for kind, content in parts:
        if kind == "table":
            body.append(html_table(content))
        elif kind == "title":
            body.append(f'<h1 class="article-title">{html.escape(content)}</h1>')
            if portal.get("byline"):
                body.append(f'<div class="article-info">{html.escape(portal["byline"])}</div>')
        elif kind == "heading":
            body.append(f"<p><strong>{html.escape(content)}</strong></p>")
        else:
            body.append(f'<p style="text-indent:2em">{html.escape(content)}</p>')
    menu = "".join(
        f'<li><a href="/{number}/">{html.escape(item)}</a></li>' for number, item in enumerate(portal.get("menu", []))
    )
    meta = "".join(
        f'<meta name="{name}" content="{html.escape(text)}">\n' for name, text in portal.get("meta", {}).items()
    )
    script = "<script>var visits=8213;document.write('浏览次数：'+visits);</script>"
    page = f"""<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="{encoding}">
{meta}<title>{html.escape(portal.get("title", title))}</title>
<style>.article-title{{font-size:24px}}</style>
</head>
<body>
<div class="header"><ul class="nav">{menu}</ul></div>
<div class="position">{html.escape(portal.get("position", ""))}</div>
<div class="main"><div class="article" id="zoom">
{chr(10).join(body)}
</div></div>
<div class="side"><ul>{"".join(f"<li>{html.escape(item)}</li>" for item in portal.get("links", []))}</ul></div>
<div class="footer"><p>{html.escape(portal.get("footer", ""))}</p></div>
{script if portal else ""}
</body>
</html>
"""
    return page.encode(encoding)


def to_docx(source: dict[str, Any], parts: Parts) -> bytes:
    """A Word document with merged cells; the time stamps inside are fixed."""
    from docx import Document

    document = Document()
    for kind, content in parts:
        if kind == "table":
            cells, height, width = placed(content)
            table = document.add_table(rows=height, cols=width, style="Table Grid")
            for (row, column), (text, down, across) in cells.items():
                first = table.cell(row, column)
                if down > 1 or across > 1:
                    first = first.merge(table.cell(row + down - 1, column + across - 1))
                first.text = text
        elif kind == "title":
            document.add_heading(content, level=0)
        elif kind == "heading":
            document.add_heading(content, level=1)
        else:
            document.add_paragraph(content)
    if source.get("page_header"):
        document.sections[0].header.paragraphs[0].text = source["page_header"]
    loose, fixed = io.BytesIO(), io.BytesIO()
    document.save(loose)
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, FIXED_TIME), old.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def pdf_flow(parts: Parts, font: str) -> list[Any]:
    """The document as reportlab flowables."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

    def style(name: str, size: int, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.6, wordWrap="CJK", **more)

    styles = {
        "title": style("title", 18, alignment=1, spaceAfter=12),
        "heading": style("heading", 13, spaceBefore=8),
        "paragraph": style("paragraph", 11, firstLineIndent=22),
    }
    small = style("cell", 8, alignment=1)
    flow: list[Any] = []
    for kind, content in parts:
        if kind != "table":
            flow.append(Paragraph(html.escape(content), styles[kind]))
            continue
        cells, height, width = placed(content)
        texts: list[list[Any]] = [["" for _ in range(width)] for _ in range(height)]
        looks: list[Any] = [("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        for (row, column), (text, down, across) in cells.items():
            texts[row][column] = Paragraph(html.escape(text), small)
            if down > 1 or across > 1:
                looks.append(("SPAN", (column, row), (column + across - 1, row + down - 1)))
        room = A4[0] - 120
        shares = {3: [0.66, 0.14, 0.2], 10: [0.12, 0.14, 0.25, *[0.07] * 7]}.get(width, [1 / width] * width)
        flow += [
            Spacer(1, 6),
            Table(texts, colWidths=[room * share for share in shares], style=TableStyle(looks)),
            Spacer(1, 6),
        ]
    return flow


def to_pdf(source: dict[str, Any], parts: Parts) -> bytes:
    """A PDF with a text layer (the standard font STSong-Light), a running head and page numbers."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return _paginate(source, pdf_flow(parts, "STSong-Light"), "STSong-Light")


def _paginate(source: dict[str, Any], flow: list[Any], font: str) -> bytes:
    from reportlab.platypus import SimpleDocTemplate

    def page_marks(canvas: Any, document: Any) -> None:
        canvas.setFont(font, 9)
        if source.get("page_header"):
            canvas.drawString(60, 805, source["page_header"])
        canvas.drawCentredString(297, 30, f"- {document.page} -")

    buffer = io.BytesIO()
    template = SimpleDocTemplate(buffer, leftMargin=60, rightMargin=60, topMargin=60, bottomMargin=60, invariant=1)
    template.build(flow, onFirstPage=page_marks, onLaterPages=page_marks)
    return buffer.getvalue()


def to_scan(source: dict[str, Any], parts: Parts) -> bytes | None:
    """Page images without a text layer, a little turned and grey; None where no Chinese font can be found."""
    import pypdfium2
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    if not any(Path(font).is_file() for font in SCAN_FONTS):
        return None
    printed = pypdfium2.PdfDocument(to_pdf(source, parts))
    buffer = io.BytesIO()
    scan = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for number, page in enumerate(printed):
        image = page.render(scale=150 / 72, grayscale=True).to_pil().rotate(0.4 if number % 2 else -0.3, fillcolor=245)
        jpeg = io.BytesIO()
        image.save(jpeg, "JPEG", quality=60)
        scan.drawImage(ImageReader(jpeg), 0, 0, *A4)
        scan.showPage()
    scan.save()
    return buffer.getvalue()


WRITERS = {"txt": to_text, "md": to_markdown, "html": to_html, "docx": to_docx, "pdf": to_pdf, "scan": to_scan}


def write(source: dict[str, Any], parts: Parts) -> bytes | None:
    """The file of a source in the format that it names; `replace` pairs change the words in tables first."""
    for old, new in source.get("replace", []):
        parts = [
            (kind, [[(text.replace(old, new), *spans) for text, *spans in row] for row in content])
            if kind == "table"
            else (kind, content)
            for kind, content in parts
        ]
    return WRITERS[source["format"]](source, parts)
