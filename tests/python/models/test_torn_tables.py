"""Tables whose rows were lost on the way from a PDF: read where the form's order and its sums prove them, else not."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise

import duckdb
import pytest
from helpers.command import ROOT, run_gongkai
from helpers.forms_2021 import COLUMNS, ROWS, Form, valid_form

sys.path.insert(0, str(ROOT / "samples"))
import forms

LABELS = [label for label, _ in ROWS]
APPEALS = [4, 0, 1, 2, 7, 3, 1, 0, 0, 4, 0, 2, 0, 1, 3]
HEADS = [
    "申请人情况",
    "法人或其他组织",
    "自然",
    "人",
    "商业企业",
    "科研",
    "机构",
    "社会公益",
    "组织",
    "法律服务机",
    "构",
    "其他",
    "总计",
]
RESULTS = ["结果维", "持", "结果纠", "正", "其他结", "果", "尚未审", "结", "总计"]

Lines = list[str]
FORM = valid_form(random.Random(11))
FEW: Form = dict.fromkeys(FORM, 0) | {
    (row, column): 1
    for row in ("application.received", "application.outcome.granted", "application.replied")
    for column in ("natural_person", "all")
}


def grid(form: Form = FORM, rows: int = len(ROWS)) -> list[list[int]]:
    """The figures row by row; of 23 rows as the form of 2019 has them, whose other ways of handling are one."""
    cells = [[form[indicator, column] for column in COLUMNS] for _, indicator in ROWS]
    if rows == len(ROWS):
        return cells
    return [*cells[:20], [sum(column) for column in zip(*cells[20:23], strict=True)], *cells[23:]]


def along(cells: list[list[int]], *ends: int) -> Lines:
    """Numbers along the rows, a piece of the columns after the other."""
    return [
        str(number) for start, end in pairwise((0, *ends, len(cells[0]))) for row in cells for number in row[start:end]
    ]


def down(cells: list[list[int]], *ends: int) -> Lines:
    """Numbers down the columns, a piece of the rows after the other."""
    return [
        str(row[column])
        for start, end in pairwise((0, *ends, len(cells)))
        for column in range(len(cells[0]))
        for row in cells[start:end]
    ]


def labelled(cells: list[list[int]], torn: range) -> Lines:
    """Rows with their labels, but for some whose labels all stand below their figures."""
    lines: Lines = []
    for place, (label, row) in enumerate(zip(LABELS, cells, strict=True)):
        lines += [*([] if place in torn else [label]), *map(str, row)]
        if place == torn[-1]:
            lines += [LABELS[number] for number in torn]
    return lines


def changed(numbers: Lines, lose: int | None = None, add: int | None = None, number: str = "6") -> Lines:
    """The numbers with one lost at a place and one that is none of theirs come in at another."""
    kept = [text for place, text in enumerate(numbers) if lose is None or place != lose % len(numbers)]
    return kept if add is None else [*kept[:add], number, *kept[add:]]


def report(number: int, applications: Lines, appeals: Lines, matters: Lines | None = None, year: int = 2022) -> str:
    """A report as text, its prose without figures."""
    body = f"第{number}号矿区管理委员会"
    return "\n".join(
        [
            f"{body}{year}年政府信息公开工作年度报告",
            f"本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。",
            "一、总体情况",
            "本机关把公开贯穿办事全过程，安排了专人。",
            "二、主动公开政府信息情况",
            *(matters or []),
            "三、收到和处理政府信息公开申请情况",
            "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加",
            "第四项之和）",
            *applications,
            "四、政府信息公开行政复议、行政诉讼情况",
            *appeals,
            "五、存在的主要问题及改进情况",
            "解读材料的形式还不够多样。",
            "六、其他需要报告的事项",
            "没有其他事项。",
        ]
    )


def torn_appeals(numbers: list[int] = APPEALS) -> Lines:
    """The appeals as pdftotext gives them: heads and figures by turns."""
    figures = [str(number) for number in numbers]
    return ["行政复议", "行政诉讼", *RESULTS, *figures[:5], "未经复议直接起诉", "复议后起诉", *RESULTS, *figures[5:9],
            *RESULTS, " ".join(figures[9:11]), *figures[11:]]  # fmt: skip


def statistics(values: dict[str, int], without: tuple[str, ...] = ()) -> Lines:
    """The form of 2014, its labels as one column of text, its figures as another."""
    rows = [(label, code) for label, _, code in forms.FORM_2014 if code not in without]
    return [*(label for label, _ in rows), *(str(values.get(code, 0)) for _, code in rows if code)]


STATISTICS = {
    "disclosure.total": 812,
    "application.received": 21,
    "application.received.online": 15,
    "application.received.mail": 6,
    "application.closed": 20,
    "application.closed.on_time": 18,
    "application.closed.extended": 2,
    "application.replied": 20,
    "application.outcome.granted": 17,
    "application.outcome.nonexistent": 3,
    "staff.total": 5,
    "staff.full_time": 2,
    "staff.part_time": 3,
    "staff.trainees": 60,
}
HELD = {code for code in STATISTICS if code not in ("disclosure.total", "staff.trainees")}

ALL_LABELS = [*LABELS, *HEADS]
PAGE = "- 2 -"
RELATION = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和，见说明。"
READ: dict[str, tuple[Form, Lines]] = {
    "along": (FORM, [*ALL_LABELS, *along(grid())]),
    "down": (FORM, [*ALL_LABELS, *down(grid())]),
    "one-case": (FEW, [*ALL_LABELS, *along(grid(FEW))]),
    "one-case-down": (FEW, [*ALL_LABELS, *down(grid(FEW))]),
    "pages-down": (
        FORM,
        [*LABELS[:12], *HEADS, *down(grid()[:12]), PAGE, *LABELS[12:], *down(grid()[12:])],
    ),
    "three-pages-down": (FORM, [*ALL_LABELS, *down(grid(), 2, 16)]),
    "wide-page": (FORM, [*LABELS, *along([row[:4] for row in grid()]), *LABELS, *along([row[4:] for row in grid()])]),
    "some-labels": (FORM, [*HEADS, *labelled(grid(), range(9, 16))]),
    "many-labels": (FORM, [*HEADS, *labelled(grid(), range(3, 5))]),
    "zeros-joined": (
        FEW,
        [*ALL_LABELS, *("0" * 7 if not any(row) else " ".join(map(str, row)) for row in grid(FEW)[:23]),
         *along(grid(FEW)[23:])],
    ),
    "number-between-pages": (
        FORM,
        [*ALL_LABELS, *along(grid())[:97], RELATION, along(grid())[97], RELATION, *along(grid())[98:]],
    ),
}  # fmt: skip
NOT_READ = {
    "lost": changed(along(grid()), lose=40),
    "lost-and-came": changed(along(grid()), lose=40, add=130),
    "moved": changed(along(grid()), lose=0, add=174),
    "moved-back": changed(along(grid(FEW)), lose=174, add=0, number="0"),
    "page-number": changed(down(grid()), add=84),
    "slip": along(grid(FORM | {("application.replied", "all"): 7})),
    "zeros": along(grid(dict.fromkeys(FORM, 0))),
    "mixed-up": random.Random(5).sample(along(grid()), 175),
}
MATTERS = ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数", "规章", "行政规范性文件", "行政许可", "行政处罚",
           "行政强制", "行政事业性收费", *map(str, [0, 0, 0, 31, 12, 207, 640, 85, 9, 52])]  # fmt: skip

WHOLE_HEADS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
WHOLE_RESULTS = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
ROWS_OF_OTHERS = [
    *WHOLE_HEADS,
    *(LABELS[0], *map(str, [12, 3, 0, 0, 0, 0, 15])),
    *(LABELS[3], *map(str, range(20, 34))),
    *(LABELS[18], *map(str, [611, 87, 608, 341, 2, 206])),
    *(LABELS[20], *map(str, [7, 0, 0, 0, 0, 0, 9])),
    *("（四）无", "法提供"),
    *(LABELS[23], *map(str, [9, 3, 0, 0, 0, 0, 12])),
    *(LABELS[24], *map(str, range(40, 47))),
]
APPEALS_BEHIND_HEADS = [
    *("行政复议", *WHOLE_RESULTS, *map(str, [2, 0, 0, 1, 3])),
    *("复议后起诉", *WHOLE_RESULTS, *map(str, [4, 40, 101, 303])),
]

Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Rows]]:
    folder = tmp_path_factory.mktemp("torn")
    files = folder / "files"
    files.mkdir()
    texts = {name: report(number, lines, []) for number, (name, (_, lines)) in enumerate(READ.items())}
    for number, (name, numbers) in enumerate(NOT_READ.items(), start=len(READ)):
        texts[name] = report(number, [*ALL_LABELS, *numbers], [])
    cells = grid(rows=23)
    labels_2019 = [*LABELS[:20], "（六）其他处理", *LABELS[23:]]
    texts["form-2019"] = report(60, [*labels_2019, *HEADS, *down(cells)], torn_appeals(), year=2020)
    texts["appeals"] = report(61, [], torn_appeals())
    texts["appeals-wrong"] = report(62, [], torn_appeals([*APPEALS[:9], 5, *APPEALS[10:]]))
    texts["matters"] = report(63, [*ALL_LABELS, *along(grid())], torn_appeals(), MATTERS)
    for number, (name, lines) in enumerate(
        {
            "statistics": statistics(STATISTICS),
            "statistics-fewer-rows": statistics(STATISTICS, ("application.refused.trade_secret", "fee.collected")),
            "statistics-moved": changed(statistics(STATISTICS), lose=-58),
            "statistics-no-sums": statistics(STATISTICS | {"application.received": 22}),
        }.items(),
        start=64,
    ):
        texts[name] = report(number, [], [], year=2016).replace("六、其他", "\n".join(["附表", *lines, "六、其他"]))
    texts["rows-of-others"] = report(71, ROWS_OF_OTHERS, APPEALS_BEHIND_HEADS)
    for name, text in texts.items():
        (files / f"{name}.txt").write_text(text, encoding="utf-8")
    as_page = "".join(f"<p>{line}</p>" for line in report(70, READ["along"][1], torn_appeals()).split("\n"))
    (files / "page.html").write_text(f"<html><meta charset=utf-8><body>{as_page}</body></html>", encoding="utf-8")
    published = folder / "torn.duckdb"
    done = run_gongkai("run", str(files), published=published)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(published), read_only=True) as connection:
        yield lambda sql, *given: connection.execute(sql, given).fetchall()


FIGURES = """
    select indicator_code, applicant_type, value, confidence
    from marts.observations inner join marts.dim_document using (document_id)
    where source_file = ? and is_selected and basis = 'table' and starts_with(indicator_code, ?)
"""


@pytest.mark.parametrize("name", READ)
def test_what_sums_prove_is_read(ask: Callable[..., Rows], name: str) -> None:
    figures = {(code, applicant): value for code, applicant, value, _ in ask(FIGURES, f"{name}.txt", "application")}
    lost = 1 if name == "number-between-pages" else 0  # the figure in the line of text, which proves the others
    assert len(figures) == len(COLUMNS) * len(ROWS) - lost
    assert all(READ[name][0][cell] == value for cell, value in figures.items())


def test_it_is_less_sure_than_rows_with_labels(ask: Callable[..., Rows]) -> None:
    sureness = {confidence for *_, confidence in ask(FIGURES, "down.txt", "application")}
    assert sureness == {"likely"}


@pytest.mark.parametrize("name", NOT_READ)
def test_what_no_sum_proves_is_left_and_said(ask: Callable[..., Rows], name: str) -> None:
    assert not ask(FIGURES, f"{name}.txt", "application")
    reasons = ask(
        """
        select outcome, reason, count(*)
        from marts.quantities inner join marts.dim_document using (document_id)
        where source_file = ? and table_no is not null
        group by all
        """,
        f"{name}.txt",
    )
    assert reasons == [("unread", "torn_table", len(NOT_READ[name]))]


def test_the_form_of_2019_is_told_by_its_cells(ask: Callable[..., Rows]) -> None:
    figures = {(code, applicant): value for code, applicant, value, _ in ask(FIGURES, "form-2019.txt", "application")}
    assert len(figures) == 23 * len(COLUMNS)
    assert [figures["application.outcome.other", column] for column in COLUMNS] == grid(rows=23)[20]
    assert [figures["application.carried_out", column] for column in COLUMNS] == grid()[-1]


@pytest.mark.parametrize("name", ["form-2019.txt", "appeals.txt", "matters.txt", "page.html"])
def test_appeals_by_their_three_sums(ask: Callable[..., Rows], name: str) -> None:
    figures = {code: value for code, _, value, _ in ask(FIGURES, name, "appeal")}
    stated = [
        figures[f"appeal.{kind}.{result}"]
        for kind in ("review", "litigation_direct", "litigation_after_review")
        for result in ("upheld", "corrected", "other", "pending", "total")
    ]
    assert stated == APPEALS


def test_appeals_that_do_not_add_up_are_left(ask: Callable[..., Rows]) -> None:
    assert not ask(FIGURES, "appeals-wrong.txt", "appeal")


def test_rows_made_of_other_rows_cells_are_left(ask: Callable[..., Rows]) -> None:
    """Six figures behind a label, seven that do not add up, and four behind the last head of a table of appeals."""
    figures = {code for code, *_ in ask(FIGURES, "rows-of-others.txt", "application")}
    assert figures <= {"application.received", "application.replied"}
    assert not ask(FIGURES, "rows-of-others.txt", "appeal.litigation")
    negations = (
        "select * from marts.observations inner join marts.dim_document using (document_id) where basis = 'negation'"
    )
    assert not ask(f"{negations} and source_file = 'rows-of-others.txt'")


def test_a_page_of_text_alone_is_read_alike(ask: Callable[..., Rows]) -> None:
    assert sorted(ask(FIGURES, "page.html", "application")) == sorted(ask(FIGURES, "along.txt", "application"))


def test_a_table_without_sums_is_left(ask: Callable[..., Rows]) -> None:
    """Figures of decisions and documents in force hold in no identity."""
    assert not ask(FIGURES, "matters.txt", "decision") and not ask(FIGURES, "matters.txt", "legislation")
    assert len(ask(FIGURES, "matters.txt", "application")) == len(COLUMNS) * len(ROWS)


@pytest.mark.parametrize("name", ["statistics.txt", "statistics-fewer-rows.txt"])
def test_statistics_are_read_where_a_sum_holds_them(ask: Callable[..., Rows], name: str) -> None:
    figures = {code: value for code, _, value, _ in ask(FIGURES, name, "")}
    assert figures == {code: value for code, value in figures.items() if value == STATISTICS.get(code, 0)}
    assert set(figures) >= HELD and "disclosure.total" not in figures and "appeal.review.total" not in figures


@pytest.mark.parametrize("name", ["statistics-moved.txt", "statistics-no-sums.txt"])
def test_statistics_that_nothing_holds_are_left(ask: Callable[..., Rows], name: str) -> None:
    assert not ask(FIGURES, name, "")
