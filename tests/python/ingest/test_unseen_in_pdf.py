"""What a reader of a PDF page does not see is not read, and what marks a figure is no part of it."""

from __future__ import annotations

import io
import zlib

import pytest
from helpers.pdf_pages import HEIGHT, LEFT, SIZE, WIDTH, pdf, table, text
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.documents.model import Block
from ingest.layout.marks import UNTOLD, Glyph
from ingest.limits import Limits
from ingest.readers import pdfium
from ingest.readers.pdf import read


def lines(*pages: object, **options: object) -> list[str]:
    """The texts of blocks and cells of a document of these pages."""
    parts = read(pdf(*pages, **options), "x.pdf", Limits()).parts  # type: ignore[arg-type]
    return [
        text for part in parts for text in ([part.text] if isinstance(part, Block) else [c.text for c in part.cells])
    ]


def stroke(canvas: Canvas, x0: float, x1: float, top: float) -> None:
    canvas.line(x0, HEIGHT - top, x1, HEIGHT - top)


def box(canvas: Canvas, x0: float, top: float, wide: float, tall: float, grey: float = 1, **fill: float) -> None:
    canvas.saveState()
    canvas.setFillGray(grey, **fill)
    canvas.rect(x0, HEIGHT - top - tall, wide, tall, stroke=0, fill=1)
    canvas.restoreState()


@pytest.mark.parametrize("rise", [0.3, 0.35, 0.42])
def test_a_figure_with_a_line_through_it_is_not_read(rise: float) -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 100, "本年收到申请254")
        text(canvas, LEFT + 100, 100, "249件")
        stroke(canvas, LEFT + 6 * SIZE, LEFT + 6 * SIZE + 18, 100 + SIZE - rise * SIZE)

    assert lines(page) == ["本年收到申请 249件"]


def test_a_line_under_or_over_a_figure_strikes_nothing_out() -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 100, "本年收到申请254件")
        stroke(canvas, LEFT + 6 * SIZE, LEFT + 6 * SIZE + 18, 100 + SIZE + 2)
        stroke(canvas, LEFT + 6 * SIZE, LEFT + 6 * SIZE + 18, 99)

    assert lines(page) == ["本年收到申请254件"]


def test_a_line_of_a_table_through_text_that_overflows_its_cell_strikes_nothing_out() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, 100, [60, 60], [["项目", "数量"], ["许可", "12"], ["处罚", "34"]])
        text(canvas, LEFT + 62, 115, "五十六七八", 10)

    assert any("五十六七八" in line for line in lines(page))


def test_text_under_a_later_box_is_not_read_and_text_on_it_is() -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 100, "许可5032件")
        box(canvas, LEFT + 2 * SIZE - 1, 98, 26, 18)
        text(canvas, LEFT + 2 * SIZE, 100, "5021")  # 50 stands where 50 stood: pdfium gives it once
        text(canvas, LEFT, 140, "处罚777件")
        box(canvas, LEFT + 2 * SIZE - 1, 138, 20, 18)

    assert lines(page) == ["许可5021件处罚 件"]


def test_a_box_that_is_see_through_or_painted_before_hides_nothing() -> None:
    def page(canvas: Canvas) -> None:
        box(canvas, LEFT - 5, 95, 100, 25, 0.8)
        text(canvas, LEFT, 100, "许可5032件")
        text(canvas, LEFT, 140, "处罚777件")
        box(canvas, LEFT - 5, 135, 100, 25, 0.5, alpha=0.3)

    assert lines(page) == ["许可5032件处罚777件"]


def test_white_text_is_read_on_a_colour_alone() -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 100, "本年收到申请254件")
        canvas.setFillGray(1)
        text(canvas, LEFT, 140, "本年收到申请999件")
        box(canvas, LEFT - 5, 175, 200, 25, 0.2)
        canvas.setFillGray(1)
        text(canvas, LEFT, 180, "本年办结申请111件")

    found = "".join(lines(page))
    assert "254" in found and "111" in found and "999" not in found


def unpainted(canvas: Canvas, x: float, top: float, words: str) -> None:
    canvas.saveState()
    drawn = canvas.beginText(x, HEIGHT - top - SIZE)
    drawn.setTextRenderMode(3)
    drawn.textOut(words)
    canvas.drawText(drawn)
    canvas.restoreState()


def test_unpainted_text_beside_real_text_is_not_read() -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 100, "本年收到政府信息公开申请254件，全部办结")
        unpainted(canvas, LEFT + 300, 100, "100")

    assert lines(page) == ["本年收到政府信息公开申请254件，全部办结"]


def test_the_unpainted_layer_of_a_scan_is_read() -> None:
    picture = io.BytesIO()
    Image.new("L", (600, 800), 255).save(picture, "PNG")

    def page(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
        text(canvas, LEFT, 50, "县政府文件")
        canvas.setFont("STSong-Light", SIZE)
        unpainted(canvas, LEFT, 100, "本年收到政府信息公开申请254件，全部办结，没有复议和诉讼")

    from ingest.readers.pdfium import open_pdf, page_text

    found = page_text(open_pdf(pdf(page), Limits()), 0)
    assert "254" in "".join(glyph.text for glyph in found.marks.glyphs)
    assert found.invisible


@pytest.mark.parametrize("look", ["nearly white", "nearly clear", "clip alone"])
def test_text_that_nobody_can_make_out_is_not_read(look: str) -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 100, "本年收到政府信息公开申请254件，全部办结")
        canvas.saveState()
        if look == "nearly white":
            canvas.setFillGray(0.96)
        elif look == "nearly clear":
            canvas.setFillAlpha(0.05)
        drawn = canvas.beginText(LEFT + 300, HEIGHT - 100 - SIZE)
        drawn.setTextRenderMode(7 if look == "clip alone" else 0)
        drawn.textOut("100")
        canvas.drawText(drawn)
        canvas.restoreState()

    assert lines(page) == ["本年收到政府信息公开申请254件，全部办结"]


def layered(kind: str, configuration: str, *, is_packed: bool = False) -> bytes:
    """A page with a text in a layer, marked (`bdc`) or a form of its own; with `is_packed` the catalogue is packed."""
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type"
        " /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1)"
        " /Supplement 0 >> /DW 1000 >>] >>"
    )

    def drawn(top: float, words: str) -> str:
        return f"BT /F1 12 Tf 1 0 0 1 72 {842 - top} Tm <{words.encode('utf-16-be').hex()}> Tj ET\n"

    def stream(head: str, content: bytes) -> bytes:
        return f"<< {head} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"

    old = drawn(130, "其中收到254件。")
    content = drawn(100, "本年收到申请249件，当面100件。") + (
        f"/OC /oc BDC\n{old}EMC\n" if kind == "bdc" else "/Fm Do\n"
    )
    catalogue = f"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [5 0 R] /D << {configuration} >> >> >>".encode()
    resources = f"<< /Font << /F1 {font} >> /Properties << /oc 5 0 R >> /XObject << /Fm 6 0 R >> >>"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources {resources} >>"
    form = f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /OC 5 0 R /Resources << /Font << /F1 {font} >> >>"
    objects = {
        1: catalogue,
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: page.encode(),
        4: stream("", content.encode()),
        5: b"<< /Type /OCG /Name (old) >>",
        6: stream(form, old.encode()),
    }
    if is_packed:
        objects[7] = stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", zlib.compress(b"1 0 " + objects.pop(1)))
    data, at = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        at[number] = len(data)
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    rows = [(2, 7, 0) if number == 1 and is_packed else (1, at.get(number, 0), 0) for number in range(1, 8)]
    table_of_places = b"".join(bytes([kind]) + place.to_bytes(4, "big") + bytes([more]) for kind, place, more in rows)
    head = "/Type /XRef /Size 9 /W [1 4 1] /Index [1 7] /Root 1 0 R"
    return data + b"8 0 obj\n" + stream(head, table_of_places) + f"\nendobj\nstartxref\n{len(data)}\n%%EOF".encode()


@pytest.mark.parametrize("kind", ["bdc", "form"])
@pytest.mark.parametrize(
    ("configuration", "is_on"), [("/OFF [5 0 R]", False), ("/BaseState /OFF", False), ("/ON [5 0 R]", True)]
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_layer_that_is_switched_off_is_not_read(kind: str, configuration: str, is_on: bool, is_packed: bool) -> None:
    parts = read(layered(kind, configuration, is_packed=is_packed), "x.pdf", Limits()).parts
    found = "".join(part.text for part in parts if isinstance(part, Block))
    assert "249" in found and ("254" in found) is is_on


@pytest.mark.parametrize("angle", [30, 45, -60])
def test_a_watermark_belongs_to_no_line_or_cell(angle: float) -> None:
    def plain(canvas: Canvas) -> None:
        text(canvas, LEFT, 60, "某县2013年政府信息公开年度报告")
        table(canvas, 100, [120, 60, 60], [["项目", "上年", "本年"], ["收到申请", "12", "34"], ["办结申请", "5", "6"]])

    def page(canvas: Canvas) -> None:
        plain(canvas)
        for x in range(50, 400, 60):
            canvas.saveState()
            canvas.translate(x, HEIGHT - 150)
            canvas.rotate(angle)
            canvas.drawString(0, 0, "内部资料2019")
            canvas.restoreState()

    assert lines(page) == lines(plain)


@pytest.mark.parametrize("angle", [2.0, 90, 180])
def test_a_scan_that_lies_a_little_askew_and_turned_text_are_kept(angle: float) -> None:
    def page(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(angle)
        canvas.drawString(0, 0, "收到申请12件")

    assert "".join(sorted("".join(lines(page)).replace(" ", ""))) == "".join(sorted("收到申请12件"))


def test_a_small_raised_digit_marks_a_note() -> None:
    def page(canvas: Canvas) -> None:
        rows = [["项目", "上年", "本年"], ["收到申请", "231", "240"], ["办结申请", "5", "6"]]
        table(canvas, 100, [120, 60, 60], rows)
        text(canvas, LEFT + 120 + 3 + 13.5, 124, "1", 5)
        text(canvas, LEFT, 200, "全年公开12458条")
        text(canvas, LEFT + 4 * SIZE + 30 + 12, 199, "12", 6)

    found = lines(page)
    assert "231¹" in found
    assert "全年公开12458条¹²" in found


def test_figures_printed_over_each_other_are_not_told() -> None:
    def page(canvas: Canvas) -> None:
        table(
            canvas, 100, [120, 60, 60], [["项目", "上年", "本年"], ["收到申请", "231", "240"], ["办结申请", "55", "6"]]
        )
        text(canvas, LEFT + 124, 126, "249", 9)

    found = lines(page)
    assert UNTOLD in found
    assert not {"231", "249", "223419"} & set(found)
    assert {"240", "55", "6"} <= set(found)


@pytest.mark.parametrize("has_look", [True, False])
def test_fields_of_a_form_are_read_as_they_show(has_look: bool) -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 100, "全年收到申请")
        canvas.acroForm.textfield(
            name="a", value="254", x=LEFT + 80, y=HEIGHT - 114, width=40, height=16, borderWidth=0
        )

    data = pdf(page)
    if not has_look:
        data = data.replace(b"/AP", b"/XX")
    found = read(data, "x.pdf", Limits()).parts
    assert "".join(part.text for part in found if isinstance(part, Block)).replace(" ", "") == "全年收到申请254"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_table_drawn_sideways_is_read_as_if_upright(turn: int) -> None:
    rows = [["项目", "上年", "本年"], ["收到申请", "12", "34"], ["办结申请", "5", "6"]]

    def page(canvas: Canvas) -> None:
        canvas.translate(*{90: (HEIGHT, 0), 180: (595, HEIGHT), 270: (595 - HEIGHT, 700)}[turn])
        canvas.rotate(turn)
        table(canvas, 100, [120, 60, 60], rows)

    assert lines(page) == [cell for row in rows for cell in row]


def glyphs(words: str) -> list[Glyph]:
    return [Glyph(character, 10.0 * place, 0, 10.0 * place + 9, 10) for place, character in enumerate(words)]


@pytest.mark.parametrize(
    ("words", "lacks"),
    [
        ("收到申请??件，答复??件。", True),
        ("????年??月", True),
        ("?" * 24, True),
        ("?工作要点?主要任务?存在的问题", False),  # bullets
        ("?条款?条目2022年12月31日，收到249件，办结249件", False),
    ],
)
def test_a_font_that_does_not_tell_its_digits_is_known_by_where_they_stand(words: str, lacks: bool) -> None:
    assert pdfium.lacks_figures(glyphs(words.replace("?", UNTOLD))) is lacks


ROWS: list[list[tuple[str, int, int] | str | None]] = [
    ["指标", "数量"], ["收到申请数", "249"], ["当面申请数", "100"], ["网络申请数", "149"],
]  # fmt: skip
CELLS = ["指标", "数量", "收到申请数", "249", "当面申请数", "100", "网络申请数", "149"]


@pytest.mark.parametrize("grey", [{"grey": 0.8}, {"grey": 0.2, "alpha": 0.3}])
def test_a_pale_large_text_behind_a_table_is_no_part_of_its_cells(grey: dict[str, float]) -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, 100, [200, 100], ROWS)
        canvas.saveState()
        canvas.setFillGray(grey["grey"], alpha=grey.get("alpha"))
        text(canvas, 120, 105, "内部资料2023", 48)
        canvas.restoreState()

    assert lines(page) == CELLS


def test_pale_text_of_the_usual_size_and_dark_large_text_are_read() -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 60, "年度报告", 24)
        table(canvas, 120, [200, 100], ROWS)
        canvas.setFillGray(0.7)
        text(canvas, LEFT, 300, "收到申请249件。")

    assert lines(page) == ["年度报告", *CELLS, "收到申请249件。"]


def test_text_as_small_as_dust_is_not_read() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, 100, [200, 100], ROWS)
        text(canvas, LEFT + 230, 128, "777", 0.6)

    assert lines(page) == CELLS


def test_a_page_with_a_table_laid_sideways_is_read_both_ways() -> None:
    def page(canvas: Canvas) -> None:
        text(canvas, LEFT, 60, "某某县水务局2021年年度报告")
        canvas.saveState()
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        canvas.translate(0, WIDTH - HEIGHT)
        table(canvas, 200, [200, 100], [*ROWS, ["办结数", "240"], ["结转数", "9"]])
        canvas.restoreState()

    assert lines(page) == ["某某县水务局2021年年度报告", *CELLS, "办结数", "240", "结转数", "9"]
