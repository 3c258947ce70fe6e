"""What pages tell people who know neither the warehouse nor SQL: what is there, what is not, and what to do."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, gongkai_environment
from helpers.explorer import PAGES, Explorer, exploring, rows, shape
from helpers.processes import PATIENCE

from gongkai.explore.answers import Page, as_csv
from gongkai.explore.languages import codes, note_words
from gongkai.explore.needs import NEEDS
from ingest.errors import RejectReason

ENGLISH = {"Accept-Language": "en"}
REJECT = "insert into raw.rejects by name select '坏文件-2014.pdf' as source_file, 'damaged' as reason_code"
UNSTATE = """
    delete from marts.observations
    using marts.dim_report as reports
    where observations.report_id = reports.report_id
        and source_file = '2018-quanli-xiang.pdf' and indicator_code = 'disclosure.total'
"""
# As where the tables of a report are a file of their own.
TABLES_APART = """
    update marts.observations
    set document_id = (select document_id from marts.dim_report where source_file = '2022-luoshe-zhen.docx')
    from marts.dim_report as reports
    where observations.report_id = reports.report_id
        and source_file = '2022-deqing-xian.html' and observations.table_no is not null
"""
RENAME = """
    update marts.dim_agency
    set entity_id = (select entity_id from marts.dim_agency where agency_name = '洛舍镇人民政府')
    where agency_name = '李集镇人民政府'
"""


def test_a_file_of_another_version_is_told_at_once_and_no_page_fails(
    built_samples: Path, seeds: Path, known: dict[str, str], tmp_path: Path
) -> None:
    published, good = tmp_path / "gongkai.duckdb", tmp_path / "good.duckdb"
    shutil.copy(built_samples, published)
    shutil.copy(built_samples, good)
    with duckdb.connect(str(published)) as connection:
        connection.execute("drop table marts.series")
        connection.execute("alter table raw.blocks drop column box_left")
    with exploring(published, "--seeds", seeds) as explorer:
        said = explorer.says()
        assert "lacks raw.blocks.box_left and 1 more" in said and f"gongkai build --warehouse {published}" in said
        for page in PAGES:
            answer = explorer.ask(page.format(**known))
            assert answer.status == 503 and "lacks raw.blocks.box_left" in answer.text, page
        assert "gongkai build" in explorer.ask("/find.json").json["error"]
        assert explorer.ask("/build").status == 200
        published.write_bytes(b"no database")
        assert "is no database" in explorer.ask("/find").text
        good.replace(published)
        assert explorer.ask("/find").status == 200


@pytest.fixture(scope="module")
def least(built_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples with nothing but what the explorer needs, spoilt for what is asked below."""
    published = tmp_path_factory.mktemp("least") / "gongkai.duckdb"
    shutil.copy(built_samples, published)
    with duckdb.connect(str(published)) as connection:
        for table, column in connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal"
        ).fetchall():
            if table in NEEDS and column not in NEEDS[table].split():
                connection.execute(f"alter table {table} drop column {column}")
        for (table,) in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall():
            if table not in NEEDS:
                connection.execute(f"drop table {table}")
        connection.execute(REJECT)
        connection.execute(RENAME)
        connection.execute(UNSTATE)
        connection.execute(TABLES_APART)
    return published


@pytest.fixture(scope="module")
def frugal(least: Path, seeds: Path) -> Iterator[Explorer]:
    with exploring(least, "--seeds", seeds) as running:
        yield running


@pytest.mark.parametrize("page", PAGES)
def test_what_the_pages_need_is_known(page: str, frugal: Explorer, known: dict[str, str]) -> None:
    for ending in ("", "json", "csv"):
        path = page.format(**known)
        assert frugal.ask(shape(path, ending) if ending else path).status == 200


def test_files_without_a_report_are_found_and_listed(frugal: Explorer) -> None:
    (rejected,) = frugal.ask("/find.json?q=坏文件 2014").json["files"]
    assert (rejected["source_file"], rejected["reason"]) == ("坏文件-2014.pdf", "damaged")
    (guide,) = frugal.ask("/find.json?q=zhinan").json["files"]
    assert (guide["source_file"], guide["state"]) == ("zhinan.docx", "other")
    by_text = frugal.ask("/find.json?q=编制发布工作的通知").json["files"]
    assert [each["source_file"] for each in by_text] == ["tongzhi-2021.html"]
    assert "文件损坏" in frugal.ask("/find?q=坏文件").text
    assert frugal.ask("/find.json?q=坏文件&level=county").json["files"] == []
    listed = frugal.ask("/quality?list=rejects&year=2020").text
    assert re.search(r"<h2>没有读的文件 <span class=\"count\">1</span></h2>", listed)
    assert 'name="year"' not in listed and "get the file again" in listed
    assert "指南、目录或清单" in frugal.ask("/quality?list=others").text


def test_a_body_is_compared_through_its_renamings(frugal: Explorer) -> None:
    answer = frugal.ask("/find.json?q=洛舍镇").json
    (body,) = (each["agency_id"] for each in answer["bodies"] if each["agency_name"] == "洛舍镇人民政府")
    values = frugal.ask(f"/compare.json?b={body}&i=disclosure.total").json["values"]
    assert {row["year"] for row in values if row["state"] == "stated"} >= {2017, 2022}


def test_years_without_any_report_are_told(explorer: Explorer) -> None:
    page = explorer.ask("/quality?list=missing&year=2014").text
    assert "<option selected>2014</option>" in page
    assert "这里没有这一年的任何报告" in page and "没有任何报告</td>" in page
    by_year = {row["year"]: row for row in explorer.ask("/quality.json").json["by_year"]}
    assert by_year[2014]["missing"] is None and by_year[2022]["present"] == 3


def test_an_older_version_leads_to_the_current_one(explorer: Explorer, known: dict[str, str]) -> None:
    older, current = known["2022-qianyuan-zhen.txt"], known["2022-qianyuan-zhen-gengzheng.txt"]
    body = explorer.ask(f"/reports/{older}.json").json["report"]["agency_id"]
    lines = re.findall(r"<tr class=\"old\">.*?</tr>", explorer.ask(f"/bodies/{body}").text, re.DOTALL)
    assert len(lines) == 1 and older in lines[0] and "已被替代" in lines[0] and "矛盾" not in lines[0]
    banner = re.search(r"<p class=\"banner\">这是旧版本.*?</p>", explorer.ask(f"/reports/{older}").text)
    assert banner is not None and current in banner[0]
    assert "这是旧版本" not in explorer.ask(f"/reports/{current}").text


def test_the_main_figures_stand_above_and_every_mark_is_explained(
    explorer: Explorer, frugal: Explorer, known: dict[str, str]
) -> None:
    page = explorer.ask(f"/reports/{known['2022-deqing-xian.html']}").text
    head = page.partition('class="main-figures"')[2].partition("</ul>")[0]
    assert "18,000" in head and ">186<" in head and 'href="#w-' in head
    without = frugal.ask(f"/reports/{known['2018-quanli-xiang.pdf']}").text
    assert "未写明" in without.partition('class="main-figures"')[2].partition("</ul>")[0]
    assert '<span class="w read chosen found">12</span> 有核查发现' in page
    for row in re.findall(r"<li class=\"figure[^>]*id.*?</li>", page, re.DOTALL):
        label, number = re.findall(r"<a class=\"(?:label|number)\" href=\"([^\"]*)\"", row)
        assert label == number


def test_a_table_in_a_file_of_its_own_stands_behind_the_report(frugal: Explorer, known: dict[str, str]) -> None:
    path = f"/reports/{known['2022-deqing-xian.html']}"
    page = frugal.ask(path).text
    assert "2022-luoshe-zhen.docx" in page.partition('id="t2"')[2].partition('id="d1-t2"')[0]
    marked = set(re.findall(r'id="w-([0-9a-z]+)"', page))
    chosen = [each for each in frugal.ask(f"{path}.json").json["figures"] if each["is_selected"]]
    assert {each["observation_id"] for each in chosen if each["basis"] != "derived"} <= marked


def test_words_that_were_looked_for_are_marked_in_the_report(explorer: Explorer, known: dict[str, str]) -> None:
    page = explorer.ask(f"/find?q={'都匀市受理的35件'}").text
    (address,) = re.findall(r"class=\"snippet\"><a href=\"([^\"]*)\"", page)
    assert known["report"] in address and "#b" in address
    marked = re.findall(r"<mark>([^<]*)</mark>", explorer.ask(address.partition("#")[0]).text)
    assert "".join(marked) == "都匀市受理的35件"  # over the mark of the number
    assert "<mark>" not in explorer.ask(f"/reports/{known['report']}?q=").text


def test_places_lead_to_reports_or_say_that_there_are_none(explorer: Explorer) -> None:
    answer = explorer.ask("/find.json?q=湖州").json
    assert [(each["name"], each["reports"]) for each in answer["places"]] == [("湖州市", 5)]
    absent = explorer.ask("/find.json?q=嘉兴").json
    assert absent["places"] == [] and absent["places_without_reports"][0]["name"] == "嘉兴市"
    page = explorer.ask("/find?q=嘉兴").text
    assert "这里没有这些地区的报告" in page and "region=330400" not in page
    offered = explorer.ask("/compare?add=德清").text
    assert "+ 德清县人民政府" in offered and "+ 德清县 " in offered
    assert "+ " not in explorer.ask("/compare?add=嘉兴").text.partition('id="suggested"')[2].partition("</ul>")[0]


def test_no_report_not_stated_and_zero_are_three_things(explorer: Explorer, known: dict[str, str]) -> None:
    town, other = (
        explorer.ask(f"/reports/{known[file]}.json").json["report"]["agency_id"]
        for file in ("2021-qianyuan-zhen.pdf", "2017-liji-zhen.pdf")
    )
    path = f"/compare?b={town}&b={other}&i=decision.permits&i=staff.trainees"
    states = {
        (row["id"], row["year"], row["indicator_code"]): (row["state"], row["value"])
        for row in explorer.ask(shape(path, "json")).json["values"]
    }
    assert states[town, 2022, "decision.permits"] == ("stated", 0)
    assert states[other, 2017, "decision.permits"] == ("not_stated", None)
    assert states[other, 2022, "decision.permits"] == ("no_report", None)
    assert {row["state"] for row in rows(explorer.ask(shape(path, "csv")))} == {"stated", "not_stated", "no_report"}
    page = explorer.ask(path).text
    assert "未写明</span>" in page and "无报告</span>" in page


@pytest.mark.parametrize("page", PAGES)
def test_english_counts_one_and_many(page: str, explorer: Explorer, known: dict[str, str]) -> None:
    text = re.sub(r"<[^>]*>", "", explorer.ask(page.format(**known), headers=ENGLISH).text)
    wrong = r"(?<![\d.,])1 (?:reports|figures|contradictions|numbers|parts|days|versions|cases|items|documents|times)\b"
    assert not re.search(wrong, text)


def test_notes_are_told_in_both_languages() -> None:
    notes = {
        row["note"]
        for file in ("indicators/harmonised_series.csv", "indicators/indicators.csv", "metrics/metric_definitions.csv")
        for row in csv.DictReader((ROOT / "seeds" / file).open(encoding="utf-8"))
    } - {""}
    assert {note for note in notes if ("note", note) not in codes()} == set()
    assert note_words("zh", "2014 → 2019: only roughly the same") == "2014年表 → 2019年表：只大致相同"
    assert note_words("en", "2014 → 2019") == "form of 2014 → form of 2019"


def test_every_reason_for_having_no_report_has_words() -> None:
    rules = csv.DictReader((ROOT / "seeds" / "documents" / "document_rules.csv").open(encoding="utf-8"))
    reasons = {row["rule_id"] for row in rules if row["document_class"] != "annual_report"}
    assert {reason for reason in reasons if ("class", reason) not in codes()} == set()
    assert {reason for reason in RejectReason if ("reject", str(reason)) not in codes()} == set()


def test_numbers_of_csv_are_plain_and_cells_have_their_label(explorer: Explorer) -> None:
    page = Page("", "", {}, [{"x": Decimal("-5.0000"), "y": Decimal("12.5000")}, {"x": Decimal("100"), "z": "=1"}])
    assert as_csv(page).body.decode("utf-8-sig") == "x,y,z\r\n-5,12.5,\r\n100,,'=1\r\n"
    (row,) = rows(explorer.ask("/download.csv?i=application.received&from=2022&to=2022&level=county"))
    assert row["application_received"] == "186"
    assert row["application_received_source"] == "table 2 row 4 column 10, 一、本年新收政府信息公开申请数量：186"


def test_what_was_refused_is_said_in_the_language_of_the_page(explorer: Explorer) -> None:
    assert "更正要针对" in explorer.ask("/corrections", {"observation_id": "none"}).text
    assert "a correction names" in explorer.ask("/corrections", {"observation_id": "none"}, ENGLISH).text
    assert explorer.ask("/figures/none.json", headers=ENGLISH).json == {
        "status": 404,
        "error": "there is no such figure",
    }
    assert explorer.ask(f"/reports/x/pages/{'9' * 5000}.png").status == 404


def test_ctrl_c_ends_it_without_a_complaint_and_stops_a_build(
    built_samples: Path, seeds: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for ending in (".duckdb", ".work.duckdb"):
        shutil.copy(built_samples.with_suffix(ending), tmp_path / f"gongkai{ending}")
    with exploring(tmp_path / "gongkai.duckdb", "--seeds", seeds) as explorer:
        assert explorer.process is not None
        assert explorer.ask("/build", {}).status == 303
        os.killpg(explorer.process.pid, signal.SIGINT)  # as the terminal does: to all of them
        assert explorer.process.wait(timeout=PATIENCE) == 0
        assert "the build was stopped; what is published is as it was" in explorer.says()
    assert capfd.readouterr().err == ""


def test_an_end_waits_for_names_that_are_being_spelt() -> None:
    """A thread that is cut off at the end keeps what it holds, and DuckDB's bindings complain of that at length."""
    script = """
import time, duckdb
from gongkai.explore import pinyin
pinyin._NAMES = "select '1' as id, '德清' as name"
pinyin.lazy_pinyin = lambda name: time.sleep(1) or ["de", "qing"]
pinyin.PinyinNames(duckdb.connect())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], env=gongkai_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
