"""A statistics table in a file of its own: a report where there is no other, else a part of the one that it is of."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, run_gongkai
from helpers.raw import write, zip_file

sys.path.insert(0, str(ROOT / "samples"))
import forms
import writers

LONE, BEFORE, AFTER, SPLIT = "渭源县教育局", "渭源县民政局", "渭源县财政局", "渭源县人民政府"
ZIPPED, LINKED, UNSAID = "漳县水务局", "漳县林业局", "漳县人民政府"


def table(body: str | None, received: int, year: int | None = 2016, part: str = "") -> bytes:
    """The form of 2014, filled in, as a page that a spreadsheet saved; with or without whose it is."""
    values = {code: number for number, (_, _, code) in enumerate(forms.FORM_2014) if code}
    grid, _ = forms.form_2014({"values": values | {"application.received": received}})
    title = f"{body or ''}{f'{year}年' if year else ''}{part}政府信息公开情况统计表"
    return f"<html><meta charset=utf-8><body><p>{title}</p>{writers.html_table(grid)}</body></html>".encode()


def report(body: str, says: str = "", link: str = "") -> bytes:
    """A report in words alone, that leads to its table."""
    lines = [
        f"{body}2016年政府信息公开工作年度报告",
        f"根据条例编制本报告，{says}统计期限自2016年1月1日起至2016年12月31日止。",
        "一、概述",
        "各项工作按照条例开展，办公室有专人负责，数据见附表。",
        "二、存在的主要问题及改进情况",
        "解读偏少，将请业务人员参与起草。",
        body,
        "2017年3月1日",
    ]
    page = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><meta charset=utf-8><body>{page}<a href='{link}'>附件</a></body></html>".encode()


TABLES = {
    "alone.xls": table(LONE, 41),
    "before-table.xls": table(BEFORE, 42),
    "after.html": report(AFTER, "全年收到政府信息公开申请9件，"),
    "own.html": report(SPLIT, "所列数据为本级数据，"),
    "area.html": report(SPLIT, "由办公室汇总各部门和下级政府的年度报告编成，"),
    "split-table.xls": table(SPLIT, 44),
    "sent.zip": zip_file({"甲/report.html": report(ZIPPED), "甲/附件/table.xls": table(None, 45, year=None)}),
    "linked.html": report(LINKED, link="../files/P0201703%E4%B8%80.xls?v=1#a"),
    "P0201703一.xls": table(None, 46),
    "of-nobody.xls": table(None, 47),
    "quarter.xls": table(UNSAID, 48, part="第一季度"),
    "blank.xls": table(UNSAID, 49).replace(b"</td><td>", b"</td><td><!--").replace(b"</td></tr>", b"--></td></tr>"),
}
LATER = {"before.html": report(BEFORE), "after-table.xls": table(AFTER, 43)}


class States:
    """The published warehouse after each of the three runs."""

    def __init__(self, folder: Path) -> None:
        self.files = [folder / f"{number}.duckdb" for number in range(3)]

    def ask(self, state: int, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.files[state]), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    def received(self, state: int) -> dict[object, object]:
        """The applications that each current report states, by the body."""
        query = "select agency_name, received from marts.fct_applications inner join marts.dim_report using (report_id)"
        rows = self.ask(state, query)
        assert len(rows) == len(dict(rows))  # no body counts twice
        return dict(rows)


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    """Tables, then the rest of them, then without one of them."""
    place = tmp_path_factory.mktemp("tables")
    folder, states = write(place / "reports", TABLES), States(place)
    published = place / "w.duckdb"
    for number, state in enumerate(states.files):
        if number == 1:
            write(folder, LATER)
        elif number == 2:
            (folder / "after-table.xls").unlink()
        done = run_gongkai("run", folder, "--mirror", published=published)
        assert done.returncode == 0, done.stderr
        state.write_bytes(published.read_bytes())
    return states


def test_a_table_without_a_report_stands_for_it(states: States) -> None:
    assert states.ask(
        0, "select document_class, class_reason from marts.dim_document where source_file = 'alone.xls'"
    ) == [("annual_report", "table_alone")]
    assert states.received(0)[LONE] == 41
    assert states.received(0)[BEFORE] == 42


@pytest.mark.parametrize("name", ["quarter.xls", "blank.xls"])
def test_a_table_of_part_of_a_year_or_without_figures_is_no_report(states: States, name: str) -> None:
    query = f"select document_class from marts.dim_document where source_file = '{name}'"
    assert states.ask(0, query) == [("other",)]


@pytest.mark.parametrize(("name", "body"), [("before", BEFORE), ("after", AFTER)])
def test_a_table_is_a_part_of_its_report_whichever_came_first(states: States, name: str, body: str) -> None:
    [(main, form, current)] = states.ask(
        1, f"select report_id, form, is_current from marts.dim_report where source_file = '{name}.html'"
    )
    assert (form, current) == ("2014", True)
    assert states.ask(
        1,
        "select part_of_report_id, is_table_alone, is_current, part_evidence from marts.dim_report "
        f"where source_file = '{name}-table.xls'",
    ) == [(main, True, False, "body and year")]
    assert states.received(1)[body] == (42 if name == "before" else 43)
    [(words, figures)] = states.ask(
        1,
        "select count(*) filter (where observations.document_id = reports.document_id), "
        "count(*) filter (where observations.document_id != reports.document_id) "
        "from marts.observations as observations "
        f"inner join marts.dim_report as reports using (report_id) where report_id = '{main}'",
    )
    assert (words, figures > 50) == ((0 if name == "before" else 1), True)


def test_words_and_table_that_differ_are_a_finding(states: States) -> None:
    query = (
        "select expected, actual from marts.findings inner join marts.dim_report using (report_id) "
        "where source_file = 'after.html' and check_code = 'TT-NEW'"
    )
    assert states.ask(0, query) == []
    assert states.ask(1, query) == [(43, 9)]


def test_a_table_that_may_be_of_several_reports_is_of_none_and_counts_nowhere(states: States) -> None:
    query = "select part_of_report_id, is_current, part_evidence from marts.dim_report where source_file = '{}'"
    [(part, current, evidence)] = states.ask(0, query.format("split-table.xls"))
    assert (part, current) == (None, False)
    assert str(evidence).startswith("several reports: r")
    assert SPLIT not in states.received(0)


@pytest.mark.parametrize(
    ("name", "body", "evidence"), [("sent.zip", ZIPPED, "archive"), ("P0201703一.xls", LINKED, "link")]
)
def test_a_table_that_does_not_say_whose_it_is_is_told_by_its_neighbour(
    states: States, name: str, body: str, evidence: str
) -> None:
    query = f"select part_evidence from marts.dim_report where source_file = '{name}' and is_table_alone"
    assert states.ask(0, query) == [(evidence,)]
    assert states.received(0)[body] == (45 if name == "sent.zip" else 46)


def test_a_table_of_nobody_counts_nowhere(states: States) -> None:
    query = "select is_current, part_of_report_id from marts.dim_report where source_file = 'of-nobody.xls'"
    assert states.ask(0, query) == [(False, None)]


def test_without_its_table_a_report_is_as_it_was(states: States) -> None:
    assert states.received(2)[AFTER] == 9
    assert states.ask(2, "select form from marts.dim_report where source_file = 'after.html'") == [("narrative",)]
    rest = states.received(1) | {AFTER: 9}
    assert states.received(2) == rest


def test_show_tells_in_which_file_a_figure_stands(states: States) -> None:
    done = run_gongkai("show", "before.html", published=states.files[1])
    assert done.returncode == 0
    assert "in before-table.xls" in done.stdout
