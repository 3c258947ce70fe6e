"""`gongkai explore` answers in every shape, to whoever has the token alone, and trusts nothing that is in a report."""

from __future__ import annotations

import csv
import io
import re
import shutil
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import duckdb
import polars as pl
import pytest
from helpers.command import ROOT
from helpers.explorer import PAGES, Explorer, exploring, rows, shape
from helpers.processes import wait_until

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_in_three_shapes_and_two_languages(
    page: str, explorer: Explorer, known: dict[str, str]
) -> None:
    path = page.format(**known)
    chinese = explorer.ask(path)
    english = explorer.ask(path, headers={"Accept-Language": "en"})
    assert (chinese.status, english.status) == (200, 200)
    assert 'lang="zh-Hans"' in chinese.text and "查找" in chinese.text
    assert '<html lang="en">' in english.text and "Find" in english.text
    assert explorer.ask(shape(path, "json")).json["title"]
    table = explorer.ask(shape(path, "csv"))
    assert table.status == 200 and table.headers["content-type"].startswith("text/csv")
    assert table.body.startswith(b"\xef\xbb\xbf") or not table.body


def test_only_the_token_opens_it(explorer: Explorer) -> None:
    stranger = Explorer(explorer.address)
    assert stranger.ask("/find").status == 403
    assert stranger.ask("/find?token=wrong").status == 403
    assert stranger.ask("/static/style.css").status == 403
    entered = stranger.ask(explorer.address.partition(explorer.host)[2])
    assert entered.status == 303 and "token" not in entered.headers["location"]
    assert "HttpOnly" in entered.headers["set-cookie"] and "SameSite=strict" in entered.headers["set-cookie"]


def test_other_sites_are_kept_out(explorer: Explorer) -> None:
    assert explorer.ask("/find", headers={"Host": f"evil.example:{explorer.host.rpartition(':')[2]}"}).status == 421
    assert explorer.ask("/build", {}, {"Origin": "http://evil.example"}).status == 403
    assert explorer.ask("/verdicts", {}, {"Origin": "null"}).status == 403
    token = explorer.address.partition("token=")[2]
    away = explorer.ask(f"//evil.example/?token={token}")
    assert not away.headers.get("location", "/").startswith(("//", "http"))


@pytest.mark.parametrize("path", ["/find", "/nowhere", "/static/explore.js", "/find.json", "/reports/none"])
def test_a_browser_may_load_nothing_from_outside(path: str, explorer: Explorer) -> None:
    headers = explorer.ask(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"] and "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_hold_no_inline_script_or_style_and_no_address_outside(explorer: Explorer, known: dict[str, str]) -> None:
    for page in PAGES:
        text = explorer.ask(page.format(**known)).text
        assert not re.search(r"<script(?![^>]*src=\"/static/)|\son[a-z]+=|\sstyle=|<style|javascript:", text)
        assert not re.search(r"(?:src|href|action)=\"(?!/|#)", text)


def test_names_codes_pinyin_and_years_are_found(explorer: Explorer) -> None:
    def found(query: str) -> set[str]:
        return {row["agency_name"] for row in explorer.ask(f"/find.json?q={quote(query)}").json["reports"]}

    county = "德清县人民政府"
    assert county in found("德清") & found("330521") & found("deqing") & found("dqx") & found("湖州 2022")
    assert {county, "乾元镇人民政府"} < found("deqing") and "黔南布依族苗族自治州人民政府" in found("qiann")
    assert county not in found("德清 2009")
    assert found("查无此话") == set()


def test_words_of_a_report_are_found_and_shown(explorer: Explorer) -> None:
    answer = explorer.ask("/find.json?q=都匀市受理的").json
    (report,) = answer["reports"]
    assert report["agency_name"] == "黔南布依族苗族自治州人民政府"
    assert report["words"][0]["found"] == "都匀市受理的"
    assert "35件" in report["words"][0]["after"]


def test_facets_count_what_choosing_them_gives(explorer: Explorer) -> None:
    facets = explorer.ask("/find.json?q=德清").json["facets"]
    for facet, values in facets.items():
        for value in values:
            chosen = explorer.ask(f"/find.json?q=德清&{facet}={value['value']}").json
            assert chosen["count"] == value["reports"], (facet, value)


def test_every_chosen_figure_and_its_words_lead_to_each_other(explorer: Explorer, known: dict[str, str]) -> None:
    text = explorer.ask(f"/reports/{known['report']}").text
    figures = explorer.ask(f"/reports/{known['report']}.json").json["figures"]
    stated = [each for each in figures if each["is_selected"] and each["basis"] != "derived"]
    assert len(stated) > 20
    for each in stated:
        assert f'id="f-{each["observation_id"]}"' in text
        assert f'id="w-{each["observation_id"]}"' in text
    words = dict(re.findall(r'id="w-([0-9a-z]+)" href="[^"]*" data-figures="[^"]*">([^<]*)</a>', text))
    assert words[known["figure"]] == "143"


def test_table_cells_are_marked_too(explorer: Explorer, known: dict[str, str]) -> None:
    report = explorer.ask("/find.json?q=德清县人民政府").json["reports"][0]["report_id"]
    text = explorer.ask(f"/reports/{report}").text
    assert re.search(r'<td colspan="3"><a class="w read chosen[^>]*>86,412</a></td>', text)


def test_a_figure_tells_its_words_and_other_readings(explorer: Explorer, known: dict[str, str]) -> None:
    readings = explorer.ask(f"/figures/{known['figure']}.json").json["readings"]
    assert [each["marked"] for each in readings] == ["143", "35"]
    assert [each["is_selected"] for each in readings] == [True, False]


def test_an_indicator_tells_who_states_it(explorer: Explorer) -> None:
    answer = explorer.ask("/indicators/application.received.json").json
    assert answer["indicator"]["forms"] == ["2014", "2019", "2021", "narrative"]
    assert all(row["stating"] <= row["reports"] for row in answer["coverage"])
    assert answer["distribution"]


def test_bodies_are_compared_with_warnings(explorer: Explorer, known: dict[str, str]) -> None:
    answer = explorer.ask(f"/compare.json?b={known['agency']}&b={known['other']}&i=application.received").json
    assert {row["value"] for row in answer["values"]} == {143, 186, None}
    assert any("层级" in each for each in answer["warnings"])


def test_a_place_is_the_sum_of_what_counts_once(explorer: Explorer, built_samples: Path) -> None:
    (row,) = explorer.ask("/compare.json?r=522700&i=application.received").json["values"]
    assert (row["value"], row["n"]) == (143, 1)


def test_a_table_is_downloaded_with_marks_and_sources(explorer: Explorer, tmp_path: Path) -> None:
    query = urlencode({"i": "disclosure.total", "from": "2022", "to": "2022", "level": "county"})
    (row,) = rows(explorer.ask(f"/download.csv?{query}"))
    assert (row["disclosure_total"], row["disclosure_total_mark"]) == ("18000", "at_least")
    assert "1.8万余条" in row["disclosure_total_source"]
    parquet = pl.read_parquet(io.BytesIO(explorer.ask(f"/download.parquet?{query}").body))
    assert parquet["agency_name"].to_list() == ["德清县人民政府"]
    workbook = tmp_path / "table.xlsx"
    workbook.write_bytes(explorer.ask(f"/download.xlsx?{query}").body)
    sheet = pl.read_excel(workbook, sheet_name="数据")
    assert sheet["主动公开政府信息数"].to_list() == [18000]
    assert explorer.ask(f"/download.exe?{query}").status == 404


HOSTILE_QUERIES = [
    f"/find?q={quote(HOSTILE)}", "/find?q='; drop table x; --", "/find?page=99999999999999999999", "/find?page=-1",
    "/find?year=a&year=%00", f"/find?region={quote(HOSTILE)}", "/find?q=" + "长" * 3000, f"/compare?b={quote(HOSTILE)}",
    f"/compare?add={quote(HOSTILE)}", "/compare?from=9999999&to=x", f"/map?metric={quote(HOSTILE)}&year=99&level=%27",
    f"/quality?province={quote(HOSTILE)}&list=none", f"/table?i={quote(HOSTILE)}&province=%27", "/table?from=%E5%B9%B4",
    "/reports/..%2f..%2fetc%2fpasswd", "/static/../web.py", "/static/%2e%2e/web.py",
    f"/bodies/{quote(HOSTILE, safe='')}", "/figures/%27%20or%201=1", "/indicators/x.csv", "/find?lang=<b>",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE_QUERIES)
def test_hostile_addresses_are_only_text(path: str, explorer: Explorer) -> None:
    answer = explorer.ask(path)
    assert answer.status in (200, 404)
    assert "<script>alert" not in answer.text and "onerror=alert(2)>" not in answer.text
    assert "Starlette" not in answer.text and "import " not in answer.text


def test_hostile_reports_are_only_text(built_samples: Path, seeds: Path, tmp_path: Path) -> None:
    published = tmp_path / "gongkai.duckdb"
    shutil.copy(built_samples, published)
    with duckdb.connect(str(published)) as connection:
        for table, column in (
            ("marts.dim_report", "agency_name"), ("marts.dim_report", "source_file"),
            ("marts.dim_agency", "agency_name"),
            ("marts.dim_region", "name"), ("marts.dim_region", "short_name"), ("marts.dim_region", "province_name"),
            ("raw.blocks", "text"), ("raw.table_cells", "text"), ("marts.findings", "message_zh"),
            ("marts.observations", "category_label"), ("marts.observations", "correction_reason"),
            ("marts.observations", "evidence_text"), ("marts.series", "name_zh"), ("marts.dim_indicator", "note"),
        ):  # fmt: skip
            connection.execute(f"update {table} set {column} = ?", [HOSTILE])
        connection.execute("update marts.series set is_break = true, break_note = ?", [HOSTILE])
        row = connection.execute(
            "select agency_id, report_id, observation_id from marts.dim_report "
            "inner join marts.observations using (report_id) where is_selected order by all limit 1"
        ).fetchone()
    assert row is not None
    known = {"agency": row[0], "report": row[1], "figure": row[2], "other": row[0]}
    with exploring(published, "--seeds", seeds) as explorer:
        for page in PAGES:
            path = page.format(**known)
            text = explorer.ask(path).text
            assert "<script>alert" not in text and "<img" not in text, path
            assert explorer.ask(shape(path, "csv")).status == 200
        found = explorer.ask(f"/find?q={quote('alert(1)')}").text
        assert "<mark>alert(1)</mark>" in found and HOSTILE in unescape(re.sub(r"</?mark>", "", found))


def test_without_a_warehouse_it_says_what_to_do(tmp_path: Path, seeds: Path) -> None:
    with exploring(tmp_path / "none.duckdb", "--seeds", seeds) as explorer:
        for path in ("/find", "/reports/x", "/find.json", "/table.csv", "/download.csv"):
            answer = explorer.ask(path)
            assert answer.status == 503 and "gongkai run" in answer.text
        assert "gongkai run" in explorer.ask("/find.json").json["error"]
        assert explorer.ask("/build").status == 200


def test_a_new_publication_is_followed(built_samples: Path, seeds: Path, tmp_path: Path) -> None:
    published, following = tmp_path / "gongkai.duckdb", tmp_path / "next.duckdb"
    shutil.copy(built_samples, published)
    shutil.copy(built_samples, following)
    with duckdb.connect(str(following)) as connection:
        connection.execute(
            "update marts.dim_report set agency_name = '改名镇人民政府' where agency_name = '圈里乡人民政府'"
        )
    with exploring(published, "--seeds", seeds) as explorer:
        assert explorer.ask("/find.json?q=改名镇").json["count"] == 0
        following.replace(published)
        assert explorer.ask("/find.json?q=改名镇").json["count"] == 1
        published.unlink()
        assert "gongkai run" in explorer.ask("/find").text


def test_a_verdict_and_a_correction_are_written_once_and_kept(
    built_samples: Path, known: dict[str, str], tmp_path: Path
) -> None:
    for name in ("verdicts.csv", "corrections.csv"):
        head = (ROOT / "seeds" / "people" / name).read_text(encoding="utf-8").splitlines()[0]
        (tmp_path / name).write_text(head + "\n", encoding="utf-8")
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        row = connection.execute(
            "select finding_id, report_id from marts.findings inner join marts.dim_report using (report_id) "
            "where is_current order by finding_id"
        ).fetchone()
    assert row is not None
    verdict = {"finding_id": row[0], "verdict": "data_error", "note": "合计\r\n写错"}
    correction = {
        "observation_id": known["figure"],
        "action": "set",
        "value": "1,434",
        "reason": "漏了一位",
        "evidence": "",
    }
    with exploring(built_samples, "--seeds", tmp_path, "--by", "测试") as explorer:
        assert explorer.ask("/verdicts", verdict).headers["location"] == f"/reports/{row[1]}#finding-{row[0]}"
        assert explorer.ask("/corrections", correction).headers["location"] == f"/figures/{known['figure']}"
        for path, form in (
            ("/verdicts", verdict), ("/corrections", correction), ("/verdicts", {**verdict, "verdict": "maybe"}),
            ("/verdicts", {**verdict, "finding_id": "none"}), ("/corrections", {**correction, "value": "many"}),
            ("/corrections", {**correction, "value": "NaN"}), ("/corrections", {**correction, "reason": " "}),
            ("/corrections", {**correction, "observation_id": "'"}), ("/corrections", {"x": "y" * 20_000}),
        ):  # fmt: skip
            assert explorer.ask(path, form).status in (400, 413), form
    (written,) = csv.DictReader((tmp_path / "verdicts.csv").open(encoding="utf-8"))
    assert (written["verdict"], written["note"], written["decided_by"]) == ("data_error", "合计 写错", "测试")
    (corrected,) = csv.DictReader((tmp_path / "corrections.csv").open(encoding="utf-8"))
    assert (corrected["expected_value"], corrected["value"], corrected["reason"]) == ("143", "1434", "漏了一位")
    with exploring(built_samples, "--seeds", tmp_path) as explorer:
        assert "已写入" in explorer.ask(f"/reports/{row[1]}").text
        assert "更正已写入" in explorer.ask(f"/figures/{known['figure']}").text
        assert "2 条结论或更正已写入" in explorer.ask("/build").text


def test_a_build_is_begun_and_told_of(built_samples: Path, seeds: Path, tmp_path: Path) -> None:
    def ends_as(explorer: Explorer, words: str) -> None:
        assert explorer.ask("/build", {}).status == 303
        wait_until(lambda: "正在构建" not in explorer.ask("/build").text, "the build ends")
        assert words in explorer.ask("/build").text

    for ending in (".duckdb", ".work.duckdb"):
        shutil.copy(built_samples.with_suffix(ending), tmp_path / f"gongkai{ending}")
    with exploring(tmp_path / "gongkai.duckdb", "--seeds", seeds) as explorer:
        ends_as(explorer, "没有新的内容")
    with exploring(tmp_path / "none.duckdb", "--seeds", seeds) as explorer:
        ends_as(explorer, "nothing has been ingested")
