"""Regular text: marks of thousands told from commas, marks of notes blanked, and every character at its own place."""

from __future__ import annotations

from pathlib import Path

import duckdb
import jinja2
import pytest

ROOT = Path(__file__).parents[3]
MACROS = "\n".join((ROOT / "macros" / name).read_text() for name in ("character_map.sql", "regularise.sql"))
QUERY = jinja2.Environment().from_string(MACROS + "\nselect {{ regularise('text') }} from (select ? as text)").render()


def regular(text: str) -> str:
    (row,) = duckdb.execute(QUERY, [text]).fetchall()
    assert len(row[0]) == len(text)
    return str(row[0])


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("公开信息12,458条", "公开信息12٬458条"),
        ("公开信息1,012,458条", "公开信息1٬012٬458条"),
        ("公开信息１２，４５８条", "公开信息12٬458条"),
        ("公开信息1，012，458条", "公开信息1٬012٬458条"),
        ("共收到12，204件，答复1，003件。", "共收到12٬204件，答复1٬003件。"),
        ("收费1，234.56元", "收费1٬234.56元"),
        ("公开信息12'458条，9’876条", "公开信息12٬458条，9٬876条"),
        ("收到1, 204件", "收到1٬ 204件"),
        ("收到1， 204件。", "收到1٬ 204件。"),
        *((f"收到1{mark}204件", "收到1٬204件") for mark in "′´‚·،､"),
        *((f"收到1{blank}204件", "收到1 204件") for blank in "\u2005\u2007\u2008\u200a\u205f"),
        # commas that part clauses and members of lists
        ("接收12, 204, 36件", "接收12， 204， 36件"),
        ("分别为12, 204件。", "分别为12、 204件。"),
        ("震后5·12重建", "震后5·12重建"),
        ("编号12·3456", "编号12·3456"),
        ("收到12件，204件已答复", "收到12件，204件已答复"),
        ("分别为12，204，36件", "分别为12，204，36件"),
        ("分别为120，204，360件", "分别为120，204，360件"),
        ("纸质和网络申请分别为12，204件。", "纸质和网络申请分别为12、204件。"),
        ("分别为1，204件和2，305件。", "分别为1٬204件和2٬305件。"),
        ("2018，204件", "2018，204件"),
        ("共5，2012年", "共5，2012年"),
        ("见表1，204件", "见表1，204件"),
        ("满意率3，100%", "满意率3，100%"),
    ],
)
def test_marks_of_thousands(text: str, right: str) -> None:
    assert regular(text) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("231¹", "231 "),
        ("231⁽¹²⁾件", "231    件"),
        ("1204②件", "1204 件"),
        ("1204[2]件", "1204   件"),
        ("申请数［12］", "申请数    "),
        ("12*", "12 "),
        ("12〔3〕件", "12   件"),
        *((f"12{mark}", "12 ") for mark in "⑴❶㈠㊀"),
        ("12注1", "12  "),
        ("12注", "12 "),
        ("12[注1]件", "12    件"),
        ("2016注意", "2016注意"),
        ("第12注册", "第12注册"),
        # what is no mark
        ("国办发〔2014〕12号", "国办发〔2014〕12号"),
        ("①收到12件②答复", "①收到12件②答复"),
        ("3*4", "3*4"),
    ],
)
def test_marks_of_notes(text: str, right: str) -> None:
    assert regular(text) == right


def test_radicals_and_what_has_no_width() -> None:
    assert regular("⼤通回族⼟族⾃治县⼈⺠政府⻔⼾") == "大通回族土族自治县人民政府门户"
    assert regular("2\u200b19\u00ad6\ufeff") == "2\f19\f6\f"
    assert regular("5\n2") == "5\n2"
