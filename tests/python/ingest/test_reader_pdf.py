"""PDF files drawn here: paragraphs, ruled tables, tables over pages, tables without lines, unusable text, limits."""

from __future__ import annotations

from itertools import pairwise

import pypdfium2
import pytest
from helpers.pdf_pages import HEIGHT, LEFT, RIGHT, WIDTH, Draw, pdf, prose, table, text
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from ingest.documents.model import Block, Cell, Document, Table
from ingest.errors import RejectError
from ingest.layout.page_tables import Draft, join
from ingest.limits import Limits
from ingest.readers import ocr
from ingest.readers.pdf import read

FIRST = "依据《中华人民共和国政府信息公开条例》编制，所列数据的统计期限自2019年1月1日起至2019年12月31日止，电话12345。"
SECOND = "全年主动公开政府信息1286条，其中网站公开1024条、微信公众号公开262条，内容包括机构职能、规划计划和预决算等。"
HEADS: list[list[tuple[str, int, int] | str | None]] = [
    [("申请人情况", 1, 2), None, ("总计", 2, 1)],
    ["自然人", "商业\n企业", None],
]


def load(data: bytes, **limits: int) -> Document:
    return read(data, "report.pdf", Limits(**limits))


def shown(part: Block | Table) -> object:
    """A block's text, or the cells of a table as (row, col, row span, col span, text)."""
    if isinstance(part, Block):
        return part.text
    return [(cell.row, cell.col, cell.row_span, cell.col_span, cell.text) for cell in part.cells]


def rows(part: Block | Table) -> list[list[str]]:
    assert isinstance(part, Table)
    found: dict[int, list[str]] = {}
    for cell in part.cells:
        found.setdefault(cell.row, []).append(cell.text)
    return list(found.values())


def test_wrapped_lines_make_paragraphs_and_headings_stand_alone() -> None:
    def page(canvas: Canvas) -> None:
        top = prose(canvas, 80, FIRST)
        top = prose(canvas, top, "一、总体情况", indent=0)
        top = prose(canvas, top, SECOND)
        prose(canvas, top, "（一）主动公开。" + SECOND)

    document = load(pdf(page))
    assert [shown(part) for part in document.parts] == [FIRST, "一、总体情况", SECOND, "（一）主动公开。" + SECOND]
    assert {block.page for block in document.blocks()} == {1}
    assert document.page_count == 1
    assert not document.ocr_used


def test_running_heads_and_page_numbers_are_no_text_and_paragraphs_go_on_over_pages() -> None:
    lines = [number * 37 - 2 for number in range(1, 4)]
    whole = "，".join([SECOND.rstrip("。")] * 2) + "。"

    def page(number: int, words: str, indent: float) -> Draw:
        def draw(canvas: Canvas) -> None:
            text(canvas, 250, 30, "某某县人民政府文件")
            for at, line in enumerate(words.split("\n")):
                text(canvas, LEFT + (indent if at == 0 else 0), 120 + 20 * at, line)
            text(canvas, 280, HEIGHT - 40, f"- {number} -")

        return draw

    def broken(words: str, *places: int) -> str:
        return "\n".join(words[begin:end] for begin, end in pairwise([0, *places, len(words)]))

    # Han characters are as wide as the letters are high, so 35 fill the first line and 37 each other one
    wide = "".join(character for character in whole if not character.isdigit())
    document = load(pdf(page(1, broken(wide[: lines[1]], lines[0]), 24), page(2, wide[lines[1] :], 0)))
    assert [(part.kind, part.text) for part in document.blocks()] == [
        ("page_header", "某某县人民政府文件"),
        ("paragraph", wide),
    ]


def test_ruled_table_with_spans_and_wrapped_cells() -> None:
    body: list[list[tuple[str, int, int] | str | None]] = [["1204", "0", "1\n2"], ["3 ", "1 2", ""]]

    def page(canvas: Canvas) -> None:
        end = table(canvas, 100, [120, 60, 60], [*HEADS, *body], height=26)
        prose(canvas, end + 20, SECOND)

    document = load(pdf(page))
    assert shown(document.parts[0]) == [
        *((1, 1, 1, 2, "申请人情况"), (1, 3, 2, 1, "总计")),
        *((2, 1, 1, 1, "自然人"), (2, 2, 1, 1, "商业企业")),
        *((3, 1, 1, 1, "1204"), (3, 2, 1, 1, "0"), (3, 3, 1, 1, "1\n2")),
        *((4, 1, 1, 1, "3"), (4, 2, 1, 1, "12"), (4, 3, 1, 1, "")),
    ]
    assert shown(document.parts[1]) == SECOND


@pytest.mark.parametrize("repeated", [False, True])
def test_table_over_a_page_break(repeated: bool) -> None:
    heads = ["指标", "单位", "统计数"]
    upper = [heads, ["一、公开数", "条", "12"], ["二、规范性文件数（不同渠道和方式", "件", "3"]]
    lower = [["公开相同信息计1条）", "", ""], ["三、申请数", "件", "5"]]

    def first(canvas: Canvas) -> None:
        table(canvas, 700, [240, 60, 60], upper)
        text(canvas, 280, HEIGHT - 40, "- 1 -")

    def second(canvas: Canvas) -> None:
        end = table(canvas, 60, [240, 60, 60], [heads, *lower] if repeated else lower)
        prose(canvas, end + 30, "表后。")
        text(canvas, 280, HEIGHT - 40, "- 2 -")

    document = load(pdf(first, second))
    assert rows(document.parts[0]) == [
        *(heads, ["一、公开数", "条", "12"]),
        *(["二、规范性文件数（不同渠道和方式公开相同信息计1条）", "件", "3"], ["三、申请数", "件", "5"]),
    ]
    assert isinstance(document.parts[0], Table)
    assert {(cell.text, cell.page) for cell in document.parts[0].cells} >= {("12", 1), ("5", 2)}
    assert [shown(part) for part in document.parts[1:]] == ["表后。"]


def test_labels_over_several_rows_are_mended_over_a_page_break() -> None:
    vertical = "三、\n本年\n度办"

    def first(canvas: Canvas) -> None:
        table(
            canvas, 700, [50, 200, 60], [[(vertical, 2, 1), "（一）予以公开", "3"], [None, "（二）部分公开", "1"]], 24
        )

    def second(canvas: Canvas) -> None:
        table(canvas, 60, [50, 200, 60], [[("理结\n果", 2, 1), "（三）不予公开", "0"], [None, "（七）总计", "4"]], 24)

    (part,) = load(pdf(first, second)).parts
    assert shown(part) == [
        *((1, 1, 4, 1, "三、本年度办理结果"), (1, 2, 1, 1, "（一）予以公开"), (1, 3, 1, 1, "3")),
        *((2, 2, 1, 1, "（二）部分公开"), (2, 3, 1, 1, "1"), (3, 2, 1, 1, "（三）不予公开"), (3, 3, 1, 1, "0")),
        *((4, 2, 1, 1, "（七）总计"), (4, 3, 1, 1, "4")),
    ]


def test_page_marks_inside_a_cell_are_dropped() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, 100, [200, 60], [["规章\n- 4 -", "1"], ["文件", "2"]], 30)

    assert rows(load(pdf(page)).parts[0]) == [["规章", "1"], ["文件", "2"]]


def test_tables_edge_to_edge_are_two() -> None:
    def page(canvas: Canvas) -> None:
        end = table(canvas, 100, [120, 60, 60], [["规章", "1", "2"], ["文件", "3", "4"]])
        table(canvas, end, [90, 75, 75], [["复议", "5", "6"], ["诉讼", "7", "8"]])

    parts = load(pdf(page)).parts
    assert [rows(part) for part in parts] == [
        *([["规章", "1", "2"], ["文件", "3", "4"]], [["复议", "5", "6"], ["诉讼", "7", "8"]])
    ]


def test_rows_without_lines_between_are_told_by_their_values() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, 100, [150, 60, 60], [["信息内容", "上年", "本年"]])
        table(canvas, 120, [150, 60, 60], [["规章\n文件\n决定", "1\n2\n3", "4\n5\n6"]], 60)

    (part,) = load(pdf(page)).parts
    assert rows(part) == [["信息内容", "上年", "本年"], ["规章", "1", "4"], ["文件", "2", "5"], ["决定", "3", "6"]]


def test_open_sides_count_as_closed() -> None:
    def page(canvas: Canvas) -> None:
        for number in range(4):
            canvas.line(LEFT, HEIGHT - 100 - 20 * number, LEFT + 260, HEIGHT - 100 - 20 * number)
        canvas.line(LEFT + 160, HEIGHT - 100, LEFT + 160, HEIGHT - 160)
        table(canvas, 100, [160, 100], [["信息内容", "数量"], ["规章", "1"], ["文件", "2"]], ruled=False)

    (part,) = load(pdf(page)).parts
    assert rows(part) == [["信息内容", "数量"], ["规章", "1"], ["文件", "2"]]


def test_table_without_lines() -> None:
    wanted = [
        *(["指标名称", "单位", "数量"], ["（一）主动公开政府信息数", "条", "1286"]),
        *(["（二）对外公开总数", "条", ""], ["1.收到申请数", "件", "5"], ["2.办结申请数", "件", "4"]),
    ]

    def page(canvas: Canvas) -> None:
        top = prose(canvas, 80, FIRST)
        top = table(canvas, top, [260, 80, 80], list(wanted), ruled=False)
        prose(canvas, top + 20, SECOND)

    before, part, after = load(pdf(page)).parts
    assert (shown(before), shown(after)) == (FIRST, SECOND)
    assert isinstance(part, Table)
    assert part.kind == "flat"
    assert rows(part) == wanted


def test_wrapped_labels_in_a_table_without_lines() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, 100, [200, 60, 60], [["指标", "单位", "数量"]], ruled=False)
        for number, label in enumerate(
            ["（一）公开数（不同渠道和方式\n公开相同信息计1条）", "（二）文件数", "（三）申请数"]
        ):
            table(canvas, 125 + 40 * number, [200, 60, 60], [[label, "条", str(number)]], 40, ruled=False)

    (part,) = load(pdf(page)).parts
    assert rows(part) == [
        *(["指标", "单位", "数量"], ["（一）公开数（不同渠道和方式公开相同信息计1条）", "条", "0"]),
        *(["（二）文件数", "条", "1"], ["（三）申请数", "条", "2"]),
    ]


def test_columns_without_values_are_known_from_their_heads_over_pages() -> None:
    heads = ["申请人情况", "自然人", "商业企业", "科研机构", "总计"]
    wanted = [
        ["（一）予以公开", "1", "", "", "1"],
        ["（二）部分公开", "", "", "", "0"],
        ["（七）总计", "1", "", "", "1"],
    ]

    def first(canvas: Canvas) -> None:
        table(canvas, 690, [200, 60, 60, 60, 60], [list(heads), *wanted[:2], *wanted[:2]], ruled=False)

    def second(canvas: Canvas) -> None:
        table(canvas, 60, [200, 60, 60, 60, 60], [*wanted[1:], *wanted[1:]], ruled=False)

    (part,) = load(pdf(first, second)).parts
    assert rows(part) == [heads, *wanted[:2], *wanted[:2], *wanted[1:], *wanted[1:]]
    assert isinstance(part, Table)
    assert [cell.page for cell in part.cells] == [1] * 25 + [2] * 20


def test_unruled_label_and_heads_cut_by_a_page_break() -> None:
    def first(canvas: Canvas) -> None:
        for number, label in enumerate(["1.属于国家秘密", "2.其他法律法规禁止公开", "3.危及三安全一稳"]):
            text(canvas, LEFT, 700 + 24 * number, label, 9)
            text(canvas, LEFT + 220, 700 + 24 * number, str(number + 4), 9)

    def second(canvas: Canvas) -> None:
        text(canvas, LEFT, 60, "定", 9)
        text(canvas, LEFT, 84, "4.保护第三方合法权益", 9)
        text(canvas, LEFT + 220, 84, "9", 9)
        for number, head in enumerate(["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]):
            text(canvas, LEFT + 80 * number, 740, head, 9)

    def third(canvas: Canvas) -> None:
        for number in range(5):
            text(canvas, LEFT + 80 * number + 12, 60, str(number), 9)

    assert [rows(part) for part in load(pdf(first, second, third)).parts] == [
        [
            ["1.属于国家秘密", "4"],
            ["2.其他法律法规禁止公开", "5"],
            ["3.危及三安全一稳定", "6"],
            ["4.保护第三方合法权益", "9"],
        ],
        [["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"], ["0", "1", "2", "3", "4"]],
    ]


def test_labels_of_groups_stand_before_their_rows_and_tight_values_are_cells() -> None:
    def page(canvas: Canvas) -> None:
        top = 100.0
        for number, label in enumerate(["1.属于国家秘密", "2.其他法律行政法规禁止公开", "3.危及三安全一稳定"]):
            text(canvas, LEFT + 40, top, label, 9)
            # the second label reaches up to its value
            text(canvas, LEFT + 40 + 118, top, str(number + 4), 9)
            text(canvas, LEFT + 220, top, "7", 9)
            top += 24
        for at, piece in enumerate(["（三）", "不予公", "开"]):
            text(canvas, LEFT, 112 + at * 12, piece, 9)
        text(canvas, LEFT + 40, top, "4.其他", 9)
        text(canvas, LEFT + 220, top, "8", 9)
        text(canvas, LEFT, top + 24, "（七）总计", 9)
        text(canvas, LEFT + 220, top + 24, "9", 9)

    (part,) = load(pdf(page)).parts
    assert rows(part) == [
        *(["（三）不予公开"], ["1.属于国家秘密", "4", "7"], ["2.其他法律行政法规禁止公开", "5", "7"]),
        *(["3.危及三安全一稳定", "6", "7"], ["4.其他", "", "8"], ["（七）总计", "", "9"]),
    ]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_pages_are_read_upright(rotation: int) -> None:
    def turned(canvas: Canvas) -> None:
        # drawn turned against the page's own rotation, which brings it back upright
        canvas.translate(*{90: (HEIGHT, 0), 180: (WIDTH, HEIGHT), 270: (0, WIDTH)}[rotation])
        canvas.rotate({90: 90, 180: 180, 270: -90}[rotation])
        table(canvas, 100, [120, 60], [["规章制度文件", "1"], ["行政规范性文件", "2"]])

    (part,) = load(pdf(turned, rotation=rotation)).parts
    assert rows(part) == [["规章制度文件", "1"], ["行政规范性文件", "2"]]


def reason(data: bytes, **limits: int) -> str:
    with pytest.raises(RejectError) as caught:
        load(data, **limits)
    return caught.value.reason_code


def no_meaning(canvas: Canvas) -> None:
    text(canvas, LEFT, 100, "\ue000\ue001\ue002\ue003\ue004\ue005\ue006\ue007\ue008\ue009\ue00a\ue00b")


def test_unusable_text_has_its_own_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    assert reason(pdf(no_meaning)) == "text_layer_unusable"


def test_pictures_without_ocr_and_empty_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    assert reason(pdf(lambda canvas: canvas.rect(LEFT, 100, 300, 300, fill=1))) == "reader_missing"
    assert reason(pdf(lambda canvas: None)) == "no_text"


def test_damaged_and_protected_files_and_limits() -> None:
    good = pdf(lambda canvas: text(canvas, LEFT, 100, FIRST), lambda canvas: text(canvas, LEFT, 100, FIRST))
    assert reason(good, pages=1) == "too_many_pages"
    assert reason(good, chars=30) == "too_many_characters"
    assert reason(good[:200]) == "damaged"
    assert reason(pdf(no_meaning, encrypt=StandardEncryption("secret"))) == "encrypted"


def test_endless_page_tree_ends() -> None:
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000>>endobj\n",
    ]
    assert reason(b"%PDF-1.4\n" + b"".join(objects) + b"trailer<</Root 1 0 R>>\n%%EOF") in ("damaged", "too_many_pages")


def test_pdfium_finds_the_text_that_was_drawn() -> None:
    """The drawing helpers really write text, not pictures of it."""
    with pypdfium2.PdfDocument(pdf(lambda canvas: text(canvas, LEFT, 100, FIRST))) as document:
        assert "条例" in document[0].get_textpage().get_text_bounded()
    assert RIGHT > LEFT


def test_tables_of_other_columns_on_three_pages_in_a_row_are_joined() -> None:
    def of(*xs: float) -> Draft:
        return Draft(list(xs), 1, [Cell(0, col, "甲乙", page=1) for col in range(len(xs) - 1)])

    # the last column of the first page is narrower than the lines of the second tell apart
    joined = join(join(of(0, 390, 396, 400), of(0, 100, 200, 300, 400)), of(0, 150, 400))
    assert max(cell.col + cell.col_span for cell in joined.cells) <= len(joined.xs) - 1
