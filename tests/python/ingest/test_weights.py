"""How much text stands in each element of a page, and in cells with elements in which nothing stands."""

from __future__ import annotations

import pytest
from lxml import etree

from ingest.documents.model import Table
from ingest.errors import RejectError
from ingest.limits import Limits
from ingest.readers import READERS, read_document
from ingest.readers.html import parse
from ingest.web.weights import Weights, weigh


def weighed(body: str, max_depth: int = 400) -> tuple[etree._Element, Weights]:
    found = parse(f"<html><body>{body}</body></html>").find("body")
    return found, weigh(found, max_depth)


def test_an_element_weighs_what_is_shown_of_it() -> None:
    body, weights = weighed("<p>前文，</p><div>第一 句。<b hidden>第二句。</b>1</div><!-- 第三句。 -->第四句。")
    weight = weights[body.find("div")]
    assert (weight.text, weight.chars, weight.stops) == ("第一句。1", 5, 1)
    assert (weights[body].chars, weights[body].stops) == (12, 3)
    assert weights.get(body.find(".//b")) is None


def test_links_without_text_are_links_of_the_element_that_they_stand_in() -> None:
    body, weights = weighed('<p>一<a href="/1"></a></p><p><a href="/2">二，</a><a>三</a></p>')
    first, second = (weights[element] for element in body)
    assert (first.links, first.link_share) == (1, 0)
    assert (second.links, second.link_share, second.stops) == (1, 2 / 3, 0)


@pytest.mark.parametrize("outer", ["<div>", "<div hidden>", "<noscript>"])
def test_elements_nest_too_deep_wherever_they_stand(outer: str) -> None:
    weighed(f"{outer}<b><i>深</i></b>", max_depth=4)
    with pytest.raises(RejectError) as rejected:
        weighed(f"{outer}<b><i>深</i></b>", max_depth=3)
    assert rejected.value.reason_code == "too_deep"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p><span>89</span><span><o:p></o:p></span></p>", "89"),
        ("<p><span></span><span>89</span></p>", "89"),
        ("<p><span>8</span><span>9</span></p>", "89"),
        ("<p>8</p><p>9</p>", "8\n9"),
        ("<p>8<br></p><p></p>", "8"),
        ("<p>89</p> 件", "89\n件"),
        ("<p>89<span hidden>0</span></p>", "89"),
        ("<p><span> </span><o:p></o:p></p>", ""),
    ],
)
def test_elements_in_which_nothing_stands_change_no_cell(cell: str, text: str) -> None:
    others = "<tr><td>其他</td><td>1</td></tr>" * 5
    rows = f"<tr><td>项目</td><td>数量</td></tr><tr><td>公开</td><td>{cell}</td></tr>{others}"
    data = f"<html><body><table>{rows}</table></body></html>".encode()
    (table,) = read_document(READERS["html"], data, "a.html", Limits()).parts
    assert isinstance(table, Table)
    assert table.cells[3].text == text
