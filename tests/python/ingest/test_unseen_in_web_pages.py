"""What a browser does not show of a page, by its own style sheets or struck out, is not read; note marks stay apart."""

from __future__ import annotations

import pytest

from ingest.documents.model import Document
from ingest.limits import Limits
from ingest.readers import READERS, read_document

SHOWN = "本局全年收到政府信息公开申请249件，均已在法定期限内答复，没有结转下年度继续办理的申请。"


def read(body: str, style: str = "") -> Document:
    page = f"<html><head><title>年报</title><style>{style}</style></head><body><p>{SHOWN}</p>{body}</body></html>"
    return read_document(READERS["html"], page.encode(), "a.html", Limits())


def texts(body: str, style: str = "") -> list[str]:
    document = read(body, style)
    cells = [cell.text for table in document.tables() for cell in table.cells]
    return [block.text for block in document.blocks()][1:] + cells


@pytest.mark.parametrize(
    "style",
    [
        ".old{display:none}",
        "p.old , .x { color:red; Display : NONE !important }",
        "#o{visibility:hidden}",
        "/* .y{ */ div .old{display:none}",
        "@media screen { .old{display:none} }",
        "@charset 'utf-8'; .old{text-decoration: line-through red}",
        ".old{display:block} .old.was{display:none}",
        "p{display:block} .old{text-decoration-line:line-through}",
        "div > p.old{display:none}",
        "body>div>.old{display:none}",
        "body div > [id]{display:none}",
        "p[id=o]{display:none}",
        "[class='old was']{display:none}",
        "@supports (display:grid){ .old{display:none} }",
        "@layer base{ .old{display:none} }",
        ".old{content-visibility:hidden}",
        ".old{filter:opacity(0)}",
        ".old{zoom:0}",
        ":is(.x, .old){display:none}",
        ":where(.old){display:none}",
        "div p:not(.new):first-child{display:none}",
        ".old:nth-child(1){display:none}",
        ".old:nth-last-child(2){display:none}",
        "div > p:first-of-type{display:none}",
        "div p:nth-of-type(odd){display:none}",
        "div p:not(:last-child){display:none}",
        "[class~=old]{display:none}",
        "[class^=old]{display:none}",
        "div p:has(+ p){display:none}",
        ":root{--gone:none} .old{display:var(--gone)}",
        ".old{display:var(--unknown, none)}",
        ":root{--a:var(--b); --b:hidden} .old{visibility:var(--a)}",
        "@media (min-width:768px){ .old{display:none} }",
        "@media screen and (max-width: 120em), print{ .old{display:none} }",
        "@media not print{ .old{display:none} }",
        ".old::after{display:block} .old{display:none}",
        "div p.old{display:none} .old.was{display:none} .was{display:block}",
    ],
)
def test_what_a_class_of_the_page_hides_is_not_read(style: str) -> None:
    assert texts('<div><p class="old was" id="o">申请254件</p><p>申请249件</p></div>', style) == ["申请249件"]


@pytest.mark.parametrize(
    "style",
    [
        ".old{color:#333}",
        "@media print { .old{display:none} }",
        "@media (max-width: 600px) { .old{display:none} }",
        ".old{display:none} .old.was{display:block}",
        ".old{display:none} #o{display:inline}",
        ".old{display:none} .old:first-child{display:block}",
        ".old:hover{display:none}",
        ".old > b{display:none}",
        "body > .old{display:none}",
        "div > div > .old{display:none}",
        "p[id=other]{display:none}",
        "[data-old]{display:none}",
        ".old:nth-child(2){display:none}",
        "h1 + .old{display:none}",
        "h1 ~ .old{display:none}",
        ".old:not(.was){display:none}",
        ".old:has(b){display:none}",
        "[class$=old]{display:none}",
        ".old{display:none} :is(#o, .x){display:block}",
        ".old{display:none} body:focus-within .old{display:block}",
        ".old{display:none} .old:target{display:block}",
        ".old:never-heard-of{display:none}",
        ".old::before{display:none}",
        ".old{display:none} @media screen and (min-width:800px){ .old{display:block} }",
        "@media not screen{ .old{display:none} }",
        "@media (width < 600px){ .old{display:none} }",
        "@media (orientation:portrait){ .old{display:none} }",
        ".x{--gone:none} .y{--gone:block} .old{display:var(--gone)}",
        ".old{display:var(--unknown)}",
        "@supports not (display:grid){ .old{display:none} }",
        ".old{transform:scale(0); transition:transform 1s}",
        ".other .old{display:none}",
        "b.old{display:none}",
    ],
)
def test_what_a_sheet_does_not_surely_hide_is_read(style: str) -> None:
    assert texts('<div><p class="old was" id="o">申请254件</p></div>', style) == ["申请254件"]


def test_an_elements_own_style_goes_before_the_sheet() -> None:
    assert texts('<p class="old" style="display:block">申请254件</p>', ".old{display:none}") == ["申请254件"]


def test_a_variable_of_the_sheet_holds_in_an_elements_own_style() -> None:
    assert texts('<p style="display:var(--gone)">申请254件</p><p>申请249件</p>', ":root{--gone:none}") == ["申请249件"]


def test_a_page_that_a_script_uncovers_is_read() -> None:
    assert texts("<p>申请254件</p>", "body p{display:none}") == ["申请254件"]


@pytest.mark.parametrize(
    "struck",
    [
        "<s>254</s>",
        "<del>254</del>",
        "<strike>254</strike>",
        '<span style="text-decoration:line-through">254</span>',
        '<span style="color:red;text-decoration-line: underline line-through">254</span>',
        '<span class="gone">254</span>',
    ],
)
def test_struck_out_text_is_not_read(struck: str) -> None:
    table = f"<table><tr><td>项目</td><td>数量</td></tr><tr><td>申请</td><td>{struck}249</td></tr></table>"
    assert texts(f"<p>申请{struck}249件</p>{table}", ".gone{text-decoration:line-through}") == [
        "申请249件", "项目", "数量", "申请", "249",
    ]  # fmt: skip


@pytest.mark.parametrize(("mark", "kept"), [("1", "¹"), ("12", "¹²"), ("(3)", "⁽³⁾"), ("②", "②"), ("[2]", "[2]")])
@pytest.mark.parametrize(
    "raise_",
    [
        "<sup>{}</sup>",
        "<sub>{}</sub>",
        '<sup><a href="#n">{}</a></sup>',
        '<span style="vertical-align:super">{}</span>',
    ],
)
def test_a_raised_number_marks_a_note(mark: str, kept: str, raise_: str) -> None:
    raised = raise_.format(mark)
    table = f"<table><tr><td>项目</td><td>数量</td></tr><tr><td>申请</td><td>249{raised}</td></tr></table>"
    assert texts(f"<p>申请249{raised}件</p>{table}") == [f"申请249{kept}件", "项目", "数量", "申请", f"249{kept}"]


def test_a_cell_that_stands_raised_as_a_whole_is_a_figure() -> None:
    table = "<table><tr><td>项目</td><td>数量</td></tr><tr><td>申请</td><td><sup>24</sup></td></tr></table>"
    assert texts(table)[-1] == "24"


def test_fields_that_show_figures_are_read_and_those_that_ask_are_not() -> None:
    form = (
        '<div><input type="text" value="请输入关键字"><input type="hidden" value="9">'
        '<input type="submit" value="提交2"></div>'
        '<table><tr><td>项目</td><td>数量</td></tr><tr><td>申请</td><td><input value="249"></td></tr>'
        '<tr><td>答复</td><td><input type="text" readonly value="248"></td></tr>'
        '<tr><td>复议</td><td><input type="number" style="display:none" value="7"></td></tr></table>'
        "<textarea>没有收取费用。\n没有其他事项。</textarea><textarea></textarea>"
        "<textarea style='display:none'>暗。</textarea>"
    )
    assert texts(form) == [
        *("没有收取费用。", "没有其他事项。"),
        *("项目", "数量", "申请", "249", "答复", "248", "复议", ""),
    ]


@pytest.mark.parametrize(
    "style",
    [
        "font-size:0",
        "font-size: 0px; color:red",
        "opacity:0",
        "opacity: 0.0 !important",
        "visibility:collapse",
        "position:absolute; left:-9999px",
        "position:fixed; top:-200em",
        "text-indent:-9999px",
        "position:absolute; clip:rect(0,0,0,0)",
        "height:0; overflow:hidden",
        "color:#fff",
        "color: #FFFFFF !important",
        "color:white; background:#fff",
        "color:rgb(255, 255, 255)",
        "color:transparent",
        "color:rgba(0,0,0,0)",
        "color: hsla(0, 0%, 0%, 0)",
        "color: rgb(0 0 0 / 0%)",
        "color:#00000000",
        "font:0/0 a",
        "font: italic 0px serif",
        "transform:scale(0)",
        "position:absolute; transform:translateX(-9999px)",
        "position:fixed; inset:0 auto auto -5000px",
        "max-height:0; overflow:hidden",
        "position:absolute; clip-path:inset(100%)",
    ],
)
@pytest.mark.parametrize("way", ["own", "class"])
def test_what_is_not_painted_where_a_reader_looks_is_not_read(style: str, way: str) -> None:
    sheet, given = (f".u{{{style}}}", "class=u") if way == "class" else ("", f'style="{style}"')
    table = f"<table><tr><td>项目</td><td>数量</td></tr><tr><td>申请</td><td><b {given}>254</b>249</td></tr></table>"
    assert texts(f"<p>申请<span {given}>254</span>249件</p><div {given}>填写示例</div>{table}", sheet) == [
        "申请249件", "项目", "数量", "申请", "249",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "style"),
    [
        ('<p style="font-size:0"><span style="font-size:14px">申请249件</span></p>', ""),
        ('<div class="list"><p>申请249件</p></div>', ".list{font-size:0} .list p{font-size:12pt}"),
        ('<p style="opacity:0.8;font-size:0.9em">申请249件</p>', ""),
        ('<p class="in">申请249件</p>', ".in{opacity:0; transition: opacity 1s}"),
        ('<p style="background:#06c;color:#fff">申请249件</p>', ""),
        ('<div bgcolor="#003366"><p><font color="white">申请249件</font></p></div>', ""),
        ('<div class="head"><p style="color:#fff">申请249件</p></div>', ".head{background:url(a.png)}"),
        ('<p style="color:#fffbf0">申请249件</p>', ""),
        ('<p style="position:absolute;left:-20px;height:0">申请249件</p>', ""),
        ('<p style="text-indent:-2em">申请249件</p>', ""),
        ('<p style="color:rgb(0,0,0)">申请249件</p>', ""),
        ('<p style="color:rgba(0,0,0)">申请249件</p>', ""),
        ('<p style="color:rgb(0 0 0 / 0.9)">申请249件</p>', ""),
        ('<p style="font:12px/1.5 serif">申请249件</p>', ""),
        ('<p style="transform:translateX(-10px) scale(0.9)">申请249件</p>', ""),
        ('<p style="font-size:0"><span style="font:bold 14px serif">申请249件</span></p>', ""),
    ],
)
def test_what_is_painted_is_read(body: str, style: str) -> None:
    assert texts(body, style) == ["申请249件"]


def test_white_letters_may_stand_on_a_ground_that_a_sheet_elsewhere_gives() -> None:
    link = '<link rel="stylesheet" href="a.css">'
    assert texts(f'{link}<p style="color:#fff">申请249件</p>') == ["申请249件"]
    assert texts(f'{link}<p>申请<span style="color:#fff">254</span>249件</p>') == ["申请249件"]


def test_a_page_without_colours_that_are_understood_is_read() -> None:
    assert texts('<div style="color:#fff"><p>申请249件，办结240件，结转9件。</p></div>' * 9)[0].startswith("申请249件")


@pytest.mark.parametrize(
    "style",
    [
        "vertical-align:super",
        "font-size:8px;vertical-align: SUPER !important",
        "vertical-align:0.4em",
        "vertical-align:30%",
        "font-size:60%; vertical-align:top",
        "position:relative; top:-0.5em",
        "position:relative; bottom:4px",
        "font-variant-position:super",
        "baseline-shift:super",
        "vertical-align:sub",
    ],
)
def test_a_number_that_a_class_raises_marks_a_note(style: str) -> None:
    table = "<table><tr><td>项目</td><td>数量</td></tr><tr><td>申请</td><td>249<i class=n>1</i></td></tr></table>"
    assert texts(f"<p>申请249<i class=n>1</i>件</p>{table}", f".n{{{style}}}") == [
        "申请249¹件", "项目", "数量", "申请", "249¹",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "link",
    [
        '<a href="#fn-2" class="footnote-ref">2</a>',
        '<a href="#_ftn2" name="_ftnref2">2</a>',
        '<a role="doc-noteref" href="notes.html">2</a>',
    ],
)
def test_a_link_to_a_note_is_no_digit(link: str) -> None:
    assert texts(f"<p>申请249{link}件</p>") == ["申请249²件"]


def test_small_letters_at_the_top_of_their_line_mark_a_note() -> None:
    assert texts('<p>申请249<small style="vertical-align:top">1</small>件</p>') == ["申请249¹件"]


@pytest.mark.parametrize("link", ['<a href="#footer">2</a>', '<a href="list.html">2</a>', '<a href="#table">2</a>'])
def test_other_links_are_text(link: str) -> None:
    assert texts(f"<p>申请{link}件</p>") == ["申请2件"]


def test_what_stands_raised_keeps_its_paragraphs() -> None:
    raised = '<div style="position:relative;top:-5px"><p>申请249件</p><p>办结240件</p></div>'
    body = raised + '<p style="vertical-align:top">12</p>'
    assert texts(body) == ["申请249件", "办结240件", "12"]


def test_what_is_important_goes_before_an_elements_own_style() -> None:
    sheet = ".x{display:none !important} .y{display:block !important} .y{display:none}"
    body = '<p class=x style="display:block">申请254件</p><p class=y>申请249件</p>'
    assert texts(body, sheet) == ["申请249件"]
    assert texts('<p class=x style="display:block!important">申请249件</p>', sheet) == ["申请249件"]


def test_a_dialog_that_is_closed_is_not_read_and_a_choice_in_a_cell_is() -> None:
    choice = "<select><option>254<option selected>249</select>"
    table = f"<table><tr><td>项目</td><td>数量</td></tr><tr><td>申请</td><td>{choice}</td></tr></table>"
    body = f"<dialog><p>申请254件</p></dialog><dialog open><p>申请249件</p></dialog><p>年份{choice}</p>{table}"
    assert texts(body) == ["申请249件", "年份", "项目", "数量", "申请", "249"]
