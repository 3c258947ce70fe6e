"""Tables that lost their form come back; prose is never touched."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.documents.model import Block, Table
from ingest.flat.rebuild import rebuild

LABELS = ["规章", "行政规范性文件", "行政许可", "行政处罚"]
HEADS = ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]
APPLICATIONS = [
    "一、本年新收政府信息公开申请数量",
    "（一）予以公开",
    "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "1.属于国家秘密",
    "3.其他",
    "（七）总计",
    "四、结转下年度继续办理",
]
values = st.one_of(
    st.integers(0, 10**7).map(str),
    st.integers(0, 10**7).map(lambda number: f"{number:,}"),
    st.sampled_from(["/", "—", "0.5", "12万元", "３", "+3", "-2", "0件"]),
)


def texts(part: Block | Table) -> list[list[str]]:
    """The rows of a table as texts."""
    assert isinstance(part, Table)
    rows: dict[int, list[str]] = {}
    for cell in part.cells:
        rows.setdefault(cell.row, []).append(cell.text)
        assert cell.col == len(rows[cell.row])
    return list(rows.values())


def blocks(text: str) -> list[Block | Table]:
    """A block a run of lines without a blank line, as the text reader gives them."""
    return [Block(chunk) for chunk in text.split("\n\n")]


def only_table(text: str) -> list[list[str]]:
    tables = [part for part in rebuild(blocks(text)) if isinstance(part, Table)]
    assert len(tables) == 1
    return texts(tables[0])


rows_of_values = st.integers(2, 8).flatmap(
    lambda width: st.lists(st.lists(values, min_size=width, max_size=width), min_size=3, max_size=7)
)


@given(rows_of_values)
def test_tab_before_each_cell(table: list[list[str]]) -> None:
    rows = [[label, *row] for label, row in zip(APPLICATIONS, table, strict=False)]
    text = "\n\n".join("\n".join("\t" + cell for cell in row) for row in rows)
    assert only_table("三、收到和处理申请情况\n\n" + text + "\n\n四、复议情况\n\n没有发生。") == rows


@given(rows_of_values)
def test_cell_a_paragraph(table: list[list[str]]) -> None:
    rows = [[label, *row] for label, row in zip(APPLICATIONS, table, strict=False)]
    text = "\n\n".join("　　" + cell for row in rows for cell in row)
    assert only_table("三、收到和处理政府信息公开申请情况\n\n" + text + "\n\n五、问题\n\n　　没有。") == rows


@given(rows_of_values, st.sampled_from(["|", "｜", "│"]), st.booleans())
def test_bars(table: list[list[str]], bar: str, closed: bool) -> None:
    rows = [[label, *row] for label, row in zip(APPLICATIONS, table, strict=False)]
    end = f" {bar}" if closed else ""
    text = "\n".join(f" {bar} ".join(row) + end for row in rows)
    assert only_table("前文。\n" + text + "\n后文。") == rows


@given(rows_of_values)
def test_bars_in_one_paragraph(table: list[list[str]]) -> None:
    rows = [[label, *row] for label, row in zip(APPLICATIONS, table, strict=False)]
    text = " ".join(" | ".join(row) for row in rows)
    if text.count("|") >= 12:
        assert only_table(text) == rows


@given(rows_of_values)
def test_columns_of_blanks(table: list[list[str]]) -> None:
    rows = [[label, *row] for label, row in zip(APPLICATIONS, table, strict=False)]
    text = "\n".join(label.ljust(30) + "   ".join(row) for label, *row in rows)
    assert only_table("前文到此为止。\n" + text + "\n后文也是一句话。") == rows


def test_tabs_between_cells_keep_empty_cells() -> None:
    text = "\t".join(HEADS) + "\n规章\t0\t\t0\n行政许可\t\t1\t"
    assert only_table(text) == [HEADS, ["规章", "0", "", "0"], ["行政许可", "", "1", ""]]


def test_labels_broken_over_lines_and_blank_lines() -> None:
    text = (
        "\t信息内容\n\t本年新 \n制作数量\n\n\t规章\n\t0\n\n\t（一）公开数\n\n（相同信息计1条）\n\t条\n\t5000"
        "\n\n\t1.专职人员数\n\t人\n\t"
    )
    assert only_table(text) == [
        ["信息内容", "本年新制作数量"],
        ["规章", "0"],
        ["（一）公开数（相同信息计1条）", "条", "5000"],
        ["1.专职人员数", "人", ""],
    ]


def test_columns_are_real_where_marks_leave_no_doubt() -> None:
    def kind(text: str) -> str:
        (part,) = rebuild([Block(text)])
        assert isinstance(part, Table)
        return part.kind

    spans = "| 申请人情况 |  |  |\n|  | 自然人 | 总计 |\n| （一）予以公开 | 1 | 1 |"
    assert kind(spans) == "grid"
    assert kind("信息内容\t数量\t件数\n规章\t1\t\n文件\t2\t0") == "grid"
    assert kind("规章 | 1 | 2\n许可 | 2\n处罚 | 3") == "flat"
    assert kind("\t规章\n\t1\n\n\t文件\n\t2\n\n\t许可\n\t3") == "flat"


def test_rows_of_one_cell_and_tables_of_one_value_between_marks() -> None:
    text = "信息内容\t本年处理决定数量\n行政许可\t5\n第二十条第（六）项\n信息内容\t本年处理决定数量\n行政处罚\t3"
    assert only_table(text)[2:] == [["第二十条第（六）项"], ["信息内容", "本年处理决定数量"], ["行政处罚", "3"]]
    assert only_table("信息内容 | 本年收费金额\n行政事业性收费 | 12.5") == [
        *(["信息内容", "本年收费金额"], ["行政事业性收费", "12.5"])
    ]


def test_values_alone_below_heads_parted_by_blanks() -> None:
    text = "行政复议    行政诉讼\n结果维持    结果纠正    其他结果    尚未审结    总计\n1    0    0    2    3"
    assert only_table(text)[-1] == ["1", "0", "0", "2", "3"]


def test_labels_that_lost_their_brackets() -> None:
    label = "部分公开区分处理的，只计这一情形，不计其他情形"
    rows = [["（一）予以公开", "1", "2"], [label, "0", "0"], ["（三）不予公开", "3", "4"]]
    assert only_table("\n".join(cell for row in rows for cell in row)) == rows
    assert only_table("\n".join("   ".join(row) for row in rows)) == rows


def test_labels_written_downwards() -> None:
    column = "\n".join(["三、本", *"年度办理结果"])
    rows = only_table(
        f"{column}\n（一）予以公开\n0\n4\n4\n（二）部分公开\n1\n0\n1\n（三）\n不予公\n开\n1.属于国家秘密\n0\n0\n0"
    )
    assert [row[0] for row in rows] == [
        "三、本年度办理结果",
        "（一）予以公开",
        "（二）部分公开",
        "（三）不予公开",
        "1.属于国家秘密",
    ]


def test_heads_without_row_marks() -> None:
    text = "\n".join(["第二十条第（一）项", *HEADS, "规章", "0", "0", "0", "行政规范性文件", "2", "1", "9"])
    assert only_table(text) == [
        ["第二十条第（一）项"],
        HEADS,
        ["规章", "0", "0", "0"],
        ["行政规范性文件", "2", "1", "9"],
    ]


def test_wide_row_without_label_under_repeated_heads() -> None:
    heads = ["行政复议", "行政诉讼", *["结果维持", "结果纠正", "总计"] * 3]
    rows = only_table("四、行政复议、行政诉讼情况\n" + "\n".join([*heads, *"100000000"]))
    assert rows == [heads, list("100000000")]


@given(rows_of_values)
def test_single_blanks_between_cells(table: list[list[str]]) -> None:
    heads = ["甲类情形", "乙类情形", "丙类情形", "丁类情形", "戊类情形", "己类情形", "庚类情形", "辛类情形"][
        : len(table[0])
    ]
    rows = [[label, *row] for label, row in zip(APPLICATIONS, table, strict=False)]
    text = "\n".join(" ".join(row) for row in [heads, *rows])
    assert only_table("前文到此为止。\n" + text + "\n后文也是一句话。") == [heads, *rows]


def test_group_label_and_unit_before_values_are_cells_of_their_own() -> None:
    text = "（三）不予公开 1.属于国家秘密 0 1 1\n2.其他法律行政法规禁止公开 0 0 0\n（七）总计 0 1 1"
    assert only_table(text)[0] == ["（三）不予公开", "1.属于国家秘密", "0", "1", "1"]
    text = "统计指标 单位 统计数\n1.当面申请数 件 3\n2.传真申请数 件 0\n3.网络申请数 件 7\n4.信函申请数 件 1"
    assert only_table(text)[:2] == [["统计指标", "单位", "统计数"], ["1.当面申请数", "件", "3"]]


def test_rows_whose_cells_are_blank_stay_in_the_table() -> None:
    blank = ["2.其他禁止", "3.危及安全", "4.第三方", "5.内部事务", "（四）无法提供"]
    text = "\n".join(["（三）不予公开 1.国家秘密 1 1", *blank, "6.过程性信息 1 1", "7.执法案卷 2 3 5"])
    assert [row[-1] for row in only_table(text)] == ["1", *blank, "1", "5"]
    text = "四、行政复议数量 件 2\n（一）维持数 件 2\n五、行政诉讼数量 件\n（一）维持数 件 3\n（二）纠错数 件 1"
    assert only_table(text)[2] == ["五、行政诉讼数量", "件"]


def test_heads_and_one_row_of_values_in_one_line() -> None:
    heads = ["行政复议", "行政诉讼", *["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3]
    assert only_table("四、情况\n" + " ".join([*heads, *"100010000000202"]))[-1] == list("100010000000202")


def test_label_whose_bracket_is_closed_below_its_values() -> None:
    text = "（一）予以公开 1 0 1\n（二）部分公开（只计这一情 0 2 2\n形，不计其他情形）\n（七）总计 1 2 3"
    assert only_table(text)[1] == ["（二）部分公开（只计这一情形，不计其他情形）", "0", "2", "2"]


@given(rows_of_values)
def test_table_in_one_line_of_text(table: list[list[str]]) -> None:
    rows = [[label, *row] for label, row in zip(APPLICATIONS, table, strict=False)]
    text = " ".join(cell for row in rows for cell in row)
    if len(rows) * len(table[0]) >= 8 and len(text) >= 60:
        assert only_table("一、总体情况。 这里是一句话。 " + text + " 五、问题。 后文也是一句话。") == rows


@given(rows_of_values)
def test_bar_on_a_line_of_its_own_after_each_cell(table: list[list[str]]) -> None:
    rows = [[label, *row] for label, row in zip(APPLICATIONS, table, strict=False)]
    text = "\n".join(cell + "\n|" for row in rows for cell in row)
    assert only_table("三、收到和处理政府信息公开申请情况\n" + text + "\n五、存在的主要问题\n没有。") == rows


def test_bar_before_each_cell_but_the_first_of_its_row() -> None:
    text = "指标名称\n| 计量\n单位\n| 代码\n|\n申请总数\n| 条\n| 10\n|\n其中：当面申请数\n| 条\n| 11\n|"
    assert [cell for row in only_table(text) for cell in row if cell][:5] == [
        "指标名称",
        "计量单位",
        "代码",
        "申请总数",
        "条",
    ]


def test_cells_pushed_to_the_left_are_no_columns() -> None:
    rows = [
        ["甲类", "乙类", "总计"],
        ["新收", "4", "1", "5"],
        ["结果", "予以公开", "3", "0", "3"],
        ["结转", "1", "1", "2"],
    ]
    text = "\n".join(" | ".join(row) + " |" + "|" * (4 - len(row)) for row in rows)
    (table,) = rebuild([Block(text)])
    assert isinstance(table, Table) and table.kind == "flat" and texts(table) == rows


def run_together(rows: list[list[str]]) -> str:
    return "\n".join("".join(row) for row in rows)


def test_figures_run_into_one_string_are_parted_where_only_one_way_adds_up() -> None:
    rows = [
        ["一、本年新收", *"0000000"],
        ["二、上年结转", "12", "0", "0", "3", "0", "0", "15"],
        ["三、办理结果（一）予以公开", "2", "0", "0", "0", "0", "1", "3"],
        ["（七）总计", *"0000000"],
    ]
    assert only_table("三、申请情况\n这是一句话。\n" + run_together(rows) + "\n五、问题\n没有。") == rows
    # 1 and 2 or 12, 3 and 3 or 33: both add up
    assert only_table(run_together([*rows, ["四、结转", "1230000015"]]))[-1] == ["四、结转1230000015"]


def test_a_row_of_zeros_tells_how_many_cells_the_rows_below_have() -> None:
    rows = [
        ["信息内容本年制发"],
        ["规章", *"000"],
        ["文件", *"219"],
        ["信息内容处理数量"],
        ["许可", "0"],
        ["处罚", "31"],
    ]
    assert only_table(run_together(rows)) == rows
    # four digits in three cells may be parted in three ways
    assert only_table(run_together([*rows[:2], ["文件", "2119"], *rows[3:]]))[2] == ["文件2119"]


@pytest.mark.parametrize(
    "row",
    [
        "12 0 0 1 13 0 0 0 0 0 1 0 2 0 3",
        "1 2 0 0 0 3 0 0 0 0 0 0 0 1 0 0 0 1",
        "12 0 0 1 13 0 0 0 0 0 1 0 2 0 3 0 4 0 0 4",
    ],
    ids=["three of five", "three of six", "four of five"],
)
def test_blocks_with_their_sums_in_one_string(row: str) -> None:
    text = "四、复议诉讼情况\n行政复议行政诉讼\n结果维持结果纠正总计\n" + row.replace(" ", "")
    assert only_table(text)[-1] == row.split()


def test_a_string_that_makes_blocks_in_two_ways_is_no_row() -> None:
    row = "1110012" + "0" * 10  # 1+11+0+0, 11+1+0+0, 1+1+10+0
    assert [part for part in rebuild(blocks("结果维持结果纠正总计\n" + row)) if isinstance(part, Table)] == []


def test_label_unit_and_figure_run_together() -> None:
    labels = ["一、当面申请数", "二、传真申请数", "三、网络申请数", "四、信函申请数", "五、办结数", "六、收取的费用"]
    rows = [[label, "万元" if "费用" in label else "件", "17"] for label in labels]
    assert only_table("统计表\n" + run_together(rows)) == rows


def test_sentences_and_numbers_of_documents_are_no_digits_run_together() -> None:
    parts = blocks("联系电话05991234567\n邮政编码010020\n全年公开信息120条\n其中网站公开100条")
    assert rebuild(parts) == parts


def test_heads_in_the_left_half_of_a_wide_table_are_no_heads_of_its_columns() -> None:
    rows = [["行政复议", "行政诉讼"], ["维持", "纠正", "其他", "直接起诉", "复议后起诉"], list("10100000010")]
    text = "\n".join(" | ".join(row + [""] * (11 - len(row))) + " |" for row in rows)
    (table,) = rebuild([Block(text)])
    assert isinstance(table, Table) and table.kind == "flat" and texts(table) == rows


def test_columns_without_any_cell_are_none_and_notes_in_brackets_may_be_long() -> None:
    names = "".join(f"“{name}”" for name in ["规定", "办法", "细则", "规范", "规程", "规则"])
    note = f"（行政机关制定发布的决定、公告、通告、意见、通知，以及标题采用{names}等字样的公文，一般属于此类）"
    rows = [["信息内容", "甲", "乙"], ["规章" + note, "1", "2"], ["文件", "3", "4"]]
    text = "\n".join(" | ".join(row) + " | | |" for row in rows)
    assert only_table(text) == rows


def test_label_and_values_cut_in_two_by_wrapping() -> None:
    rows = [
        ["1.国家秘密", *"00000"],
        ["2.大量反复申请", "12", "0", "0", "1", "13"],
        ["3.重复申请", *"10001"],
        ["4.其他", *"00000"],
    ]
    lines = [rows[0], ["2.大量反复", "12"], ["申请", "0", "0", "1", "13"], *rows[2:]]
    assert only_table("\n".join(cell for row in lines for cell in row)) == rows
    # a value behind its label, the others below
    assert only_table("\n".join([*rows[0], "2.大量反复申请 12", *rows[1][2:], *rows[2], *rows[3]])) == rows


def test_values_below_their_label_and_marks_alone_in_a_line() -> None:
    text = "1.国家秘密 0 0 0 0 0\n2.大量反复申请\n12 0 0 1 13\n——\n3.其他 0 0 0 0 0"
    assert only_table(text)[:2] == [["1.国家秘密", *"00000"], ["2.大量反复申请", "12", "0", "0", "1", "13"]]
    text = "一、主动公开 ——\n（一）公开数 条 5\n—\n二、回应解读 ——\n（一）回应数 次 0\n—\n（二）发布会 次 1\n其他 次 3"
    assert only_table(text)[-1] == ["其他", "次", "3"]


def test_labels_wrapped_around_their_values() -> None:
    text = (
        "一、新收 1 0 0 0 1\n三、本年 （一）予以公开 1 0 0 0 1\n度办理结\n果  （二）部分公开（只计这一\n0 0 0 0 0\n"
        "情形，不计其他情形）\n5.要求确认或\n重新出具 2 0 0 0 2\n已获取信息\n"
        "   1.申请人逾期不\n其他处理   补正的 3 0 0 0 3"
    )
    rows = [row for row in only_table(text) if len(row) > 5]
    assert [row[-6] for row in rows[2:]] == [
        "（二）部分公开（只计这一情形，不计其他情形）",
        "5.要求确认或重新出具",
        "1.申请人逾期不补正的",
    ]


def test_heads_in_one_line_above_cells_a_line_each() -> None:
    text = "四、情况\n行政复议 行政诉讼\n结果\n维持\n结果\n纠正\n总计\n结果维持\n结果纠正\n总计\n1 0 1 0 0 0"
    assert only_table(text)[0][:2] == ["行政复议", "行政诉讼"]


def test_unit_written_downwards() -> None:
    rows = only_table("一、举报数\n件\n1\n二、收取的费用\n万\n元\n3\n三、专职人员数\n人\n2")
    assert rows[1] == ["二、收取的费用", "万元", "3"]


def test_units_stand_between_label_and_value() -> None:
    text = "统计指标\n单位\n统计数\n一、主动公开情况\n（一）主动公开政府信息数\n条\n5000"
    text += "\n1.专职人员数\n人\n2.兼职人员数\n人\n4\n六、举报投诉数量\n件\n0"
    rows = only_table("某县政府信息公开情况统计表\n\n（2016年度）\n\n" + text)
    assert rows[:3] == [
        ["统计指标", "单位", "统计数"],
        ["一、主动公开情况"],
        ["（一）主动公开政府信息数", "条", "5000"],
    ]
    assert rows[3:] == [["1.专职人员数", "人"], ["2.兼职人员数", "人", "4"], ["六、举报投诉数量", "件", "0"]]


def test_headings_and_titles_stay_blocks() -> None:
    table = "\n".join(["信息内容", "本年处理决定数量", "行政许可", "1", "行政处罚", "3", "行政强制", "0"])
    parts = rebuild(blocks(f"附件\n\n某局统计表\n\n（2016年度）\n\n{table}\n\n四、其他情况\n\n无。"))
    assert [part.text if isinstance(part, Block) else "table" for part in parts] == [
        *("附件", "某局统计表", "（2016年度）", "table", "四、其他情况", "无。")
    ]


def test_block_is_split_around_its_table_and_keeps_page_and_confidence() -> None:
    block = Block("第一句话。\n规章 | 1 |\n许可 | 2 |\n最后一句。", page=3, confidence=0.9)
    before, table, after = rebuild([block])
    assert isinstance(before, Block) and isinstance(after, Block) and isinstance(table, Table)
    assert (before.text, after.text, before.page, after.page) == ("第一句话。", "最后一句。", 3, 3)
    assert {(cell.page, cell.confidence) for cell in table.cells} == {(3, 0.9)}


@pytest.mark.parametrize(
    "text",
    [
        "字号：大 | 中 | 小\n首页 | 公开 | 互动",
        "目录\n一、总体情况 1\n二、主动公开 3\n三、依申请公开 5\n四、复议诉讼 8\n五、问题 9",
        "单位负责人：张三     审核人：李四     填报人：王五\n联系电话：0954-3012401        填报日期：2017年1月19日",
        "\t2016年，共公开信息12条。\n\n\t2017年，共公开信息15条。\n\n\t2018年，共公开信息18条。",
        "某县人民政府\n\n2017年1月19日\n\n- 1 -\n\n抄送：各乡镇\n\n- 2 -",
        "一、总体情况\n\n无\n\n二、主动公开情况\n\n无\n\n三、依申请公开情况\n\n无",
    ],
)
def test_what_is_no_table(text: str) -> None:
    parts = blocks(text)
    assert rebuild(parts) == parts


han = st.text(alphabet="年公开信息条件政府办理县区一二三、，0123456789（）“”　 ", min_size=1, max_size=80)
prose = st.builds(lambda *pieces: "，".join(pieces) + "。", han, han, han)
sentences = st.lists(prose, min_size=1, max_size=5).map(lambda parts: [Block(part) for part in parts])


@given(sentences)
def test_prose_comes_back_as_the_very_same_blocks(parts: list[Block | Table]) -> None:
    rebuilt = rebuild(parts)
    assert len(rebuilt) == len(parts)
    assert all(after is before for after, before in zip(rebuilt, parts, strict=True))


@given(st.lists(st.text(alphabet="\t\n |｜0123年条（）、。规章其他总计/一二 　", max_size=60), max_size=12))
def test_no_character_is_lost_or_invented(chunks: list[str]) -> None:
    blanks_and_bars = str.maketrans("", "", "\t\n |｜│　")
    rebuilt = rebuild([Block(chunk) for chunk in chunks])
    after = "".join(
        part.text if isinstance(part, Block) else "".join(cell.text for cell in part.cells) for part in rebuilt
    )
    # the rest of a label may stand behind its values: it goes before them
    assert Counter(after.translate(blanks_and_bars)) == Counter("".join(chunks).translate(blanks_and_bars))


@pytest.mark.parametrize(
    "line", ["1 " * 200_000, "规章 " * 100_000 + "1", "|" * 500_000, "\t" * 200_000, "（" * 300_000]
)
def test_long_lines_are_quick(line: str) -> None:
    assert rebuild([Block(line), Block(line)])


def test_many_short_lines_are_quick() -> None:
    lines = [Block(text) for text in ["一、数量", "（一）其他", "3", "件"] * 20_000]
    assert rebuild(list(lines))


@pytest.mark.parametrize("parted_by", ["\n", "\n\n"])
def test_figures_of_a_sentence_on_lines_of_their_own_are_prose(parted_by: str) -> None:
    lines = ["某某县", "2012", "年年度报告", "一、概述", "培训", "2", "期、", "51", "人次。公开信息", "1203", "条。"]
    found = rebuild(blocks(parted_by.join(lines)))
    assert all(isinstance(part, Block) for part in found)
    text = "\n".join(part.text for part in found if isinstance(part, Block))
    assert text.split("\n") == ["某某县2012年年度报告", "一、概述", "培训2期、51人次。公开信息1203条。"]
