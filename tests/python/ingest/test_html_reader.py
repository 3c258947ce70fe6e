"""Web pages: encodings, the article without its portal, headings, tables with spans, what a page says of itself."""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.documents.model import Block, Document, Table
from ingest.errors import RejectError
from ingest.limits import Limits
from ingest.readers import READERS, read_document

TITLE = "青石县水利局2020年政府信息公开工作年度报告"
INTRO = "本报告依据《中华人民共和国政府信息公开条例》编制，所列数据的统计期限为2020年1月1日至12月31日。"
BODY = [
    "一、总体情况",
    "2020年，本局主动公开政府信息316条，其中政策文件12条，工程招投标信息88条，其他216条。",
    "收到政府信息公开申请4件，均已在法定期限内答复；没有结转下年度的申请。",
    "二、存在的问题",
    "个别栏目更新不及时，下一步将指定专人按月检查。",
]
ARTICLE = f"<h1>{TITLE}</h1><p>{INTRO}</p>" + "".join(f"<p>{text}</p>" for text in BODY)
MENU = "".join(
    f'<li><a href="/{name}">{name}</a></li>' for name in ("首页", "政务公开", "办事服务", "互动交流", "走进青石")
)
FOOTER = "主办单位：青石县人民政府办公室 备案号：某ICP备05001234号 网站标识码：3399990001 累计访问量：3526810人次"
FORM = """<table border="1">
<tr><td rowspan="2" colspan="2">项目</td><td colspan="2">申请人情况</td></tr>
<tr><td>自然人</td><td>总计</td></tr>
<tr><td rowspan="2">办理结果</td><td>予以公开</td><td>3</td><td>3</td></tr>
<tr><td>不予公开</td><td>1</td><td>1</td></tr>
</table>"""


def read(page: str | bytes, limits: Limits | None = None) -> Document:
    data = page if isinstance(page, bytes) else page.encode()
    return read_document(READERS["html"], data, "a.html", limits or Limits())


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks()]


def page(body: str, head: str = "") -> str:
    return f"<html><head><title>{TITLE}_青石县人民政府</title>{head}</head><body>{body}</body></html>"


EXPECTED = [TITLE, INTRO, *BODY]

PORTALS = {
    "divisions with telling names": f"""
        <div class="header"><div class="logo">青石县人民政府</div><ul class="nav">{MENU}</ul></div>
        <div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/gk">政府信息公开</a> &gt; 年报</div>
        <div class="article"><div class="info">发布时间：2021-01-20 来源：县水利局 浏览次数：1024</div>{ARTICLE}</div>
        <div class="share">分享到：微信 微博</div><div>上一篇：关于防汛值班的通知</div><div>下一篇：2019年决算公开</div>
        <div class="footer">{FOOTER}</div>""",
    "names that say nothing": f"""
        <div id="d1"><div id="d2"><ul>{MENU}</ul></div><div id="d3">您现在的位置：首页 &gt; 信息公开</div>
        <div id="d4"><div id="d5">{ARTICLE}</div><div id="d6">打印本页 关闭窗口</div></div></div>
        <div id="d7">{FOOTER}</div>""",
    "a form around everything": f"""
        <form id="aspnetForm"><input type="hidden" value="x"><div><ul>{MENU}</ul></div>
        <div>{ARTICLE}</div><div><p>{FOOTER}</p></div></form>""",
    "sectioning elements": f"""
        <header><nav><ul>{MENU}</ul></nav></header><main><article>{ARTICLE}</article></main>
        <aside><p>热点：全县防汛工作会议召开，县长出席并讲话，要求各乡镇压实责任。</p></aside><footer>{FOOTER}</footer>""",
    "tables that lay out the page": f"""
        <table width="1000"><tr><td colspan="2"><table><tr>{MENU.replace("li>", "td>")}</tr></table></td></tr>
        <tr><td width="200"><table><tr><td><a href="/a">领导信箱</a></td></tr>
        <tr><td><a href="/b">在线咨询</a></td></tr>
        <tr><td><a href="/c">民意征集</a></td></tr></table></td>
        <td><table><tr><td>{ARTICLE}</td></tr></table></td></tr>
        <tr><td colspan="2">{FOOTER}</td></tr></table>""",
    "the title outside the content": f"""
        <ul>{MENU}</ul><div class="wrap"><h1>{TITLE}</h1><div class="source">来源：县水利局 发布日期：2021-01-20</div>
        <div class="TRS_Editor">{ARTICLE.removeprefix(f"<h1>{TITLE}</h1>")}</div></div><div>{FOOTER}</div>""",
    "line breaks for paragraphs": f"""
        <ul>{MENU}</ul><div><h1>{TITLE}</h1>　　{INTRO}<br><br>
        {"<br>".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{text}" for text in BODY)}</div><div>{FOOTER}</div>""",
    "a list of other articles": f"""
        <div>{ARTICLE}</div><div><h3>相关信息</h3><ul>{
        "".join(
            f'<li><a href="/{number}">青石县{number}局2020年政府信息公开工作年度报告，已经发布。</a></li>'
            for number in range(9)
        )
    }</ul></div><div>{FOOTER}</div>""",
}


@pytest.mark.parametrize(
    ("around", "breadcrumb"),
    [
        (f"<div><ul>{MENU}</ul><p>您当前的位置：首页 &gt; 青石县 &gt; 年报</p></div>", "首页 > 青石县 > 年报"),
        ("<div><a>网站首页</a> » <a>县水利局</a> » 年报</div>", "网站首页 > 县水利局 > 年报"),
        ("<div><span>首页</span>&gt;<span>白水乡</span></div>", "首页 > 白水乡"),
        (f"<ul>{MENU}</ul>", None),
    ],
)
def test_breadcrumb_publisher_and_address_are_properties(around: str, breadcrumb: str | None) -> None:
    """What the page says of where it stands is no text of the report, but a hint of whose it is."""
    head = '<link rel="canonical" href="http://www.example.com/slj/1.html">'
    document = read(page(f"{around}<div>{ARTICLE}</div><div class='footer'>{FOOTER}</div>", head))
    assert texts(document) == EXPECTED
    assert document.properties.get("breadcrumb") == breadcrumb
    assert document.properties["publisher"] == "青石县人民政府办公室"
    assert document.properties["canonical"] == "http://www.example.com/slj/1.html"


@pytest.mark.parametrize("body", PORTALS.values(), ids=PORTALS.keys())
def test_the_article_comes_out_of_its_portal(body: str) -> None:
    document = read(page(body))
    found = [text.strip("\u3000\xa0 ") for text in texts(document)]
    assert [text for text in found if text in EXPECTED] == EXPECTED
    left = "".join(text for text in found if text not in EXPECTED)
    for furniture in (
        "互动交流",
        "ICP备",
        "累计访问",
        "上一篇",
        "下一篇",
        "分享到",
        "位置",
        "防汛",
        "领导信箱",
        "已经发布",
    ):
        assert furniture not in left
    assert list(document.tables()) == []


PROSE = [
    "分享政务公开经验12次，",
    "收藏文物等级公示3件。",
    "网站地图、无障碍浏览等功能完善，全年累计访问量352.6万人次。",
    "1.网站访问量：35268人次",
    "相关信息公开情况",
    "下一步，将建议使用统一的公开目录。",
    "打印政府公报5000份，首页开设专栏2个。",
    "欢迎社会各界监督。",
    "无障碍环境建设情况",
    "字号统一等规范要求全部落实。",
    "版权页、索引页各更新1次；栏目位置调整2处。",
    "青石县水利局",
    "2021年1月20日",
]


@pytest.mark.parametrize("name", ["", "date", "time", "top", "print", "content-head"])
def test_words_of_the_portal_in_the_report_itself_are_kept(name: str) -> None:
    paragraphs = "".join(f'<p class="{name}">{text}</p>' for text in PROSE)
    document = read(page(f'<ul class="nav">{MENU}</ul><div>{ARTICLE}{paragraphs}</div><div>{FOOTER}</div>'))
    assert texts(document) == [*EXPECTED, *PROSE]


def test_what_the_page_says_of_itself_is_kept() -> None:
    metas = '<meta name="PubDate" content="2021-01-20 09:10"><meta name="ContentSource" content="县水利局">'
    document = read(page(PORTALS["divisions with telling names"], metas + '<meta name="viewport" content="x">'))
    assert document.properties["title"] == f"{TITLE}_青石县人民政府"
    assert document.properties["PubDate"] == "2021-01-20 09:10"
    assert document.properties["ContentSource"] == "县水利局"
    assert "viewport" not in document.properties


def test_labels_outside_the_article_become_properties() -> None:
    document = read(page(PORTALS["the title outside the content"]))
    assert document.properties["发布日期"] == "2021-01-20"
    assert document.properties["来源"] == "县水利局"


def test_a_title_that_only_large_letters_mark_is_kept() -> None:
    """In a row of its own above the article; a link to the report of another year is none."""
    rows = (
        "<tr><td><a href='a.html'>丙县水利局2014年政府信息公开年度报告</a></td></tr>",
        "<tr><td align=center><font size=5><b>丙县水利局2015年政府信息公开工作年度报告</b></font></td></tr>",
        "<tr><td align=center>作者:佚名 点击数: 更新时间:2016/2/3</td></tr>",
        "<tr><td><p>2015年，我局主动公开信息39条，其中网站公开30条。</p><p>全年收到公开申请2件，均已按时答复，没有收取费用。</p></td></tr>",
    )
    document = read(f"<html><body><table width=980>{''.join(rows)}</table></body></html>")
    assert texts(document)[0] == "丙县水利局2015年政府信息公开工作年度报告"


@pytest.mark.parametrize("day", ["2021-01-20 09:10:05", "2021-01-20", "2021年1月20日"])
def test_a_day_without_a_label_before_the_source_is_the_day_of_publication(day: str) -> None:
    labelled = "来源：县水利局 发布日期：2021-01-20"
    document = read(
        page(PORTALS["the title outside the content"].replace(labelled, f"{day} 来源：县水利局 访问量：58"))
    )
    assert document.properties["发布时间"] == day
    assert document.properties["来源"] == "县水利局"


@pytest.mark.parametrize(
    ("byline", "day"),
    [
        ("[2021年1月20日]　作者：综合股 点击：12", "2021年1月20日"),
        ("【2021-01-20】 编辑：某某", "2021-01-20"),
        ("2021/1/20 责任编辑：某某", "2021/1/20"),
        ("（2021-01-20 09:10） 录入：某某", "2021-01-20 09:10"),
        ('<time datetime="2021-01-20">2021年1月20日</time> <span>县水利局办公室</span>', "2021年1月20日"),
        ("<span>县水利局</span> <time>2021-01-20</time>", "2021-01-20"),
    ],
)
def test_a_day_that_only_a_bracket_an_editor_or_its_tag_marks_is_the_day_of_publication(byline: str, day: str) -> None:
    labelled = "来源：县水利局 发布日期：2021-01-20"
    document = read(page(PORTALS["the title outside the content"].replace(labelled, byline)))
    assert document.properties["发布时间"] == day


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5"])
def test_the_encoding_is_what_the_bytes_are_whatever_the_page_says(encoding: str, declared: str) -> None:
    document = read(page(ARTICLE, f'<meta charset="{declared}">').encode(encoding))
    assert texts(document) == EXPECTED


def test_an_xml_declaration_does_no_harm() -> None:
    assert texts(read('<?xml version="1.0" encoding="gb2312"?>' + page(ARTICLE))) == EXPECTED


def test_headings_keep_their_level_and_whole_paragraphs_are_none() -> None:
    document = read(page(f"<h2>一、概况</h2><h3>{INTRO * 3}</h3><p>{INTRO}</p>"))
    assert [(block.kind, block.heading_level) for block in document.blocks()] == [
        ("heading", 2),
        ("paragraph", None),
        ("paragraph", None),
    ]


def grid(table: Table) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.col, cell.row_span, cell.col_span, cell.text) for cell in table.cells]


def test_spans_put_each_cell_at_its_place() -> None:
    document = read(page(ARTICLE + FORM))
    assert grid(next(document.tables())) == [
        (1, 1, 2, 2, "项目"),
        (1, 3, 1, 2, "申请人情况"),
        (2, 3, 1, 1, "自然人"),
        (2, 4, 1, 1, "总计"),
        (3, 1, 2, 1, "办理结果"),
        (3, 2, 1, 1, "予以公开"),
        (3, 3, 1, 1, "3"),
        (3, 4, 1, 1, "3"),
        (4, 2, 1, 1, "不予公开"),
        (4, 3, 1, 1, "1"),
        (4, 4, 1, 1, "1"),
    ]


def test_a_table_in_a_cell_stands_apart() -> None:
    inner = "<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>"
    outer = FORM.replace("<td>不予公开</td>", f"<td>不予公开{inner}</td>")
    tables = list(read(page(ARTICLE + outer)).tables())
    assert [len(table.cells) for table in tables] == [11, 4]
    assert tables[0].cells[8].text == "不予公开"


def test_an_article_inside_a_table_gives_blocks_and_its_form_a_table() -> None:
    document = read(page(f"<table><tr><td>{ARTICLE}{FORM}<p>青石县水利局</p></td></tr></table>"))
    assert texts(document) == [*EXPECTED, "青石县水利局"]
    assert [len(table.cells) for table in document.tables()] == [11]


def test_breaks_and_paragraphs_in_a_cell_stay_lines() -> None:
    form = FORM.replace("自然人", "自<br>然<br>人").replace("予以公开", "<p>予以</p><p>公开</p>", 1)
    table = next(read(page(ARTICLE + form)).tables())
    assert [cell.text for cell in table.cells if "\n" in cell.text] == ["自\n然\n人", "予以\n公开"]


def test_line_ends_of_the_source_are_not_text() -> None:
    document = read(page(f"<p>{INTRO}</p><p>本年度收到\n      申请3件，\n其中 a\n b 类1件。</p>"))
    assert texts(document)[-1] == "本年度收到申请3件，其中 a b 类1件。"


def test_what_a_browser_hides_is_left_out() -> None:
    hidden = '<p style="display: none">公开999条</p><div hidden>公开998条</div><ruby>告<rp>(</rp><rt>gao</rt></ruby>'
    found = "".join(texts(read(page(f"{ARTICLE}<p>报{hidden}</p><script>var a=997;</script><style>p{{}}</style>"))))
    assert "99" not in found
    assert "gao" not in found


def test_a_sign_off_beside_the_content_is_kept() -> None:
    body = f'<div><div class="content">{ARTICLE}</div><div>青石县水利局<br>2021年1月20日</div></div><div>{FOOTER}</div>'
    assert "2021年1月20日" in "".join(texts(read(page(body))))


def test_a_list_of_reports_is_not_emptied() -> None:
    links = "".join(f'<li><a href="/{year}">{year}年政府信息公开工作年度报告</a></li>' for year in range(2009, 2020))
    assert "2009年" in "".join(texts(read(page(f"<div><ul>{links}</ul></div>"))))


def test_elements_that_nest_too_deep_are_rejected() -> None:
    with pytest.raises(RejectError) as rejected:
        read("<html><body>" + "<div>" * 100_000 + "深" + "</div>" * 100_000)
    assert rejected.value.reason_code == "too_deep"


def test_a_deep_but_ordinary_page_is_read() -> None:
    assert INTRO in texts(read(page("<div>" * 300 + ARTICLE + "</div>" * 300)))


def test_a_span_of_millions_is_rejected() -> None:
    rows = '<tr><td colspan="1000" rowspan="65534">1</td><td>2</td></tr>' * 2_000
    with pytest.raises(RejectError) as rejected:
        read(page(f"{ARTICLE}<table>{rows}<tr><td>3</td><td>4</td><td>5</td></tr></table>"))
    assert rejected.value.reason_code == "too_many_cells"


_TAGS = """
<p> </p> <table> </table> <tr> <td> </td> <div> </div> <br> <h1> </h1> <!-- --> <script> </script> <ul><li> </a>
&nbsp; &#0; &#x110000; &lt; <![CDATA[ ]]> <?x?> ]> \x00 公开3条。 <td/colspan=3> <td/rowspan=0> <a/href=x> <!DOCTYPE/x/[
"""


@given(st.lists(st.sampled_from(_TAGS.split()) | st.text(max_size=5), max_size=60).map("".join))
def test_no_markup_breaks_the_reader(markup: str) -> None:
    try:
        document = read(f"<html><body>{markup}")
    except RejectError as error:
        assert error.reason_code in {"no_text", "damaged", "too_deep", "unknown_encoding"}
        return
    for part in document.parts:
        if isinstance(part, Table):
            covered = [
                (cell.row + down, cell.col + right)
                for cell in part.cells
                for down in range(cell.row_span)
                for right in range(cell.col_span)
            ]
            assert len(covered) >= len(part.cells)
        else:
            assert isinstance(part, Block)


def scripted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("/", "\\/").replace("水", "\\u6c34")


def numbered(text: str) -> str:
    """As the function escape of JavaScript writes it."""
    return "".join(
        c if c.isascii() and c.isalnum() else f"%{ord(c):02X}" if c < "\xff" else f"%u{ord(c):04X}" for c in text
    )


def added(begin: str) -> str:
    """The article in pieces, each a string of a script after some words."""
    return "".join(
        f"{begin}{json.dumps(piece + '>', ensure_ascii=False)};" for piece in (ARTICLE + FORM).split(">")[:-1]
    )


@pytest.mark.parametrize(
    "kept",
    [
        f'<textarea id="a" style="display:none">{ARTICLE.replace("<", "&lt;")}{FORM.replace("<", "&lt;")}</textarea>',
        f'<script>var a = 1; $("#b").html("{scripted((ARTICLE + FORM).replace(chr(10), " "))}");</script>',
        f"<script>document.getElementById('b').innerHTML = `{ARTICLE}{FORM}`;</script>",
        f"<script>document.write(unescape('{numbered(ARTICLE + FORM)}'));</script>",
        f"<script>b.innerHTML = decodeURIComponent('{quote(ARTICLE + FORM)}');</script>",
        f"<script>var t = Base64.decode('{b64encode((ARTICLE + FORM).encode()).decode()}');</script>",
        f"<script>// don't\nvar t = '';{added('t += ')}b.innerHTML = t;</script>",
        f"<script>document.write({added('').replace(';', '+')}'');</script>",
        f"<script>{added('document.write(').replace(';', ');')}</script>",
        f"<script>b.innerHTML = [{added('').replace(';', ',')}].join('');</script>",
        f'<script type="application/json">{json.dumps({"content": ARTICLE + FORM})}</script>',
        f'<script type="text/template">{ARTICLE}{FORM}</script>',
        f"<template>{ARTICLE}{FORM}</template>",
        f"<noscript>{ARTICLE}{FORM}</noscript>",
        f'<input type="hidden" value="{escape(ARTICLE + FORM)}">',
        f'<div data-content="{escape(ARTICLE + FORM)}"></div>',
        f'<iframe srcdoc="{escape(ARTICLE + FORM)}"></iframe>',
        f"<div>{escape(ARTICLE + FORM)}</div>",
        f"<xmp>{ARTICLE}{FORM}</xmp>",
    ],
)
def test_an_article_that_a_script_puts_in_its_place_is_read(kept: str) -> None:
    document = read(page(f'<ul>{MENU}</ul><div id="b"></div>{kept}<div>{FOOTER}</div>'))
    assert [text for text in texts(document) if text in (TITLE, INTRO, *BODY)] == [TITLE, INTRO, *BODY]
    assert len(list(document.tables())) == 1


def test_markup_of_a_script_beside_an_article_that_shows_is_left() -> None:
    other = "<p>" + "分享到微信朋友圈，" * 20 + "</p>"
    document = read(page(f"<div>{ARTICLE}</div><script>var share = '{other}';</script>"))
    assert texts(document) == [TITLE, INTRO, *BODY]
