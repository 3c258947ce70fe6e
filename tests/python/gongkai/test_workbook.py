"""The workbook, cell by cell: types, names beside ids, marks with their words, links, tables, and how it is printed."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pypdfium2
import pytest
from helpers.command import ROOT, Gongkai
from helpers.contract import contract_warehouse

from gongkai.export.first_sheet import about
from gongkai.export.wording import Labels, Language
from gongkai.export.workbook import write_workbook
from gongkai.export.workbook_sheets import sheets
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return contract_warehouse(tmp_path_factory.mktemp("workbook") / "w.duckdb")


def export(gongkai: Gongkai, published: Path, folder: Path, *options: str) -> Path:
    done = gongkai("export", "--format", "xlsx", "--to", folder, *options, published=published)
    assert done.returncode == 0, done.stderr
    return folder / "gongkai.xlsx"


@pytest.fixture(scope="module")
def workbook(published: Path, gongkai: Gongkai, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(gongkai, published, tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def of_samples(built_samples: Path, gongkai: Gongkai, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(gongkai, built_samples, tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def of_samples_in_english(built_samples: Path, gongkai: Gongkai, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(gongkai, built_samples, tmp_path_factory.mktemp("english"), "--lang", "en")


def sheet(workbook: Path, name: str) -> pl.DataFrame:
    return pl.read_excel(workbook, sheet_name=name, infer_schema_length=None)


def parts(workbook: Path) -> dict[str, str]:
    with zipfile.ZipFile(workbook) as archive:
        names = (name for name in archive.namelist() if name.endswith((".xml", ".rels")))
        return {name: archive.read(name).decode("utf-8") for name in names}


def names_of(workbook: Path) -> list[str]:
    return re.findall(r'<sheet name="([^"]+)"', parts(workbook)["xl/workbook.xml"])


def part_of(workbook: Path, name: str) -> str:
    return f"xl/worksheets/sheet{names_of(workbook).index(name) + 1}.xml"


def test_sheets_stand_in_the_order_of_the_seed(workbook: Path, of_samples: Path) -> None:
    assert names_of(workbook) == [
        "说明", "地区×年度", "层级×年度", "依申请公开", "应报与实报", "核查", "报告出处", "行政区划", "数据字典",
    ]  # fmt: skip
    seed = pl.read_csv(ROOT / "seeds/labels/sheets.csv")
    assert names_of(of_samples) == ["说明", *seed.sort("sheet_no")["name_zh"], "数据字典"]


def test_cells_have_real_types_and_codes_keep_their_zeros(workbook: Path) -> None:
    reports = sheet(workbook, "报告出处")
    assert set(reports["区划代码"]) == {"330521", "010000"}
    assert reports["报告编号"].dtype == pl.String and "0000000000000001" in reports["报告编号"]
    assert reports["年度"].dtype.is_integer()
    assert reports["发布日期"].drop_nulls().to_list() == [dt.date(2021, 1, 28)]
    assert set(reports["是否现行"]) == {"是", "否"} and set(reports["层级"]) == {"县级", "省级"}
    facts = sheet(workbook, "依申请公开")
    assert facts["收到申请数（件）"].to_list() == [12, 0]
    assert facts["received_mail"].to_list() == [None, -3.5]
    assert facts["省"].to_list() == ["浙江省"] * 2 and facts["区县"].to_list() == ["德清县"] * 2
    assert sheet(workbook, "行政区划")["区划代码"].to_list() == ["010000", "330521"]


def test_names_come_first_and_ids_last(of_samples: Path) -> None:
    for name in names_of(of_samples)[1:-1]:
        headings = sheet(of_samples, name).columns
        assert headings[0] in {"机构", "地区", "层级", "名称"} or headings[:2] == ["年度", "层级"], name
        ids = [place for place, heading in enumerate(headings) if re.search("编号|代码$", heading)]
        first = min(ids, default=len(headings))
        assert all(re.search("编号|代码|序号|公式版本", heading) for heading in headings[first:]), (
            name,
            headings[first:],
        )
        if "区划代码" in headings and name != "行政区划":
            assert {"省", "地市", "区县"} <= set(headings), name


def test_no_figure_is_rounded_out_of_sight(workbook: Path, of_samples: Path) -> None:
    """Whole numbers have no decimals, others have theirs, shares are per cent."""
    assert "1234567890123456.7891" in sheet(workbook, "层级×年度")["收取的费用（元）"].cast(pl.String).to_list()
    formats = {
        element.get("numFmtId"): element.get("formatCode")
        for element in ElementTree.fromstring(parts(of_samples)["xl/styles.xml"]).iter(f"{MAIN}numFmt")
    }
    styles = [
        formats.get(each.get("numFmtId"), each.get("numFmtId"))
        for each in ElementTree.fromstring(parts(of_samples)["xl/styles.xml"]).find(f"{MAIN}cellXfs") or []
    ]
    rates = ElementTree.fromstring(parts(of_samples)[part_of(of_samples, "比率（机构）")])
    frame = sheet(of_samples, "比率（机构）")
    column = chr(ord("A") + frame.columns.index("数值"))
    shown = {
        (frame["单位"][int(cell.get("r", "")[1:]) - 2], styles[int(cell.get("s", "0"))])
        for cell in rates.iter(f"{MAIN}c")
        if re.fullmatch(rf"{column}\d+", cell.get("r", "")) and cell.get("r") != f"{column}1"
    }
    assert ("占比", "0.0%") in shown and ("件", "#,##0") in shown, shown
    assert not {number for unit, number in shown if unit == "占比"} - {"0.0%"}


def test_figures_that_are_not_sure_are_marked_with_their_words(workbook: Path, of_samples: Path) -> None:
    """The one figure that is neither exact nor sure, and no other; a name that was given up is no second column."""
    (comments,) = [text for name, text in parts(workbook).items() if "/comments" in name]
    headings = sheet(workbook, "依申请公开").columns
    place = chr(ord("A") + headings.index("收到申请数（件）"))
    assert re.findall(r'<comment ref="([A-Z]+\d+)"', comments) == [f"{place}2"]
    assert "不少于；读取存疑" in comments and "原文：12" in comments
    assert "mailed" not in headings
    said = " ".join(text for name, text in parts(of_samples).items() if "/comments" in name)
    assert "约数" in said and "原文" in said


def test_a_correction_is_marked_with_what_the_report_has(tmp_path: Path, gongkai: Gongkai) -> None:
    published = contract_warehouse(
        tmp_path / "w.duckdb",
        "alter table marts.observations add column correction_reason varchar; "
        "alter table marts.observations add column original_value decimal(20, 4); "
        "update marts.observations set correction_reason = '多写一个零', original_value = 120, qualifier = 'exact', "
        "confidence = 'certain' where observation_id = 'o1'",
    )
    files = parts(export(gongkai, published, tmp_path, "--select", "fct_applications"))
    (comments,) = [text for name, text in files.items() if "/comments" in name]
    assert "人工更正，报告原写 120（多写一个零）" in comments


def test_no_text_becomes_a_formula_and_links_lead_to_reports_alone(
    workbook: Path, of_samples: Path, tmp_path: Path
) -> None:
    for book in (workbook, of_samples):
        files = parts(book)
        assert not [name for name, text in files.items() if "/worksheets/" in name and "<f>" in text]
        assert not [name for name in files if "externalLink" in name]
    names = sheet(workbook, "报告出处")["机构"].to_list()
    assert '=HYPERLINK("http://x","德清县")' in names and "@SUM(1)" in names
    targets = re.findall(r'hyperlink" Target="([^"]+)"', " ".join(parts(of_samples).values()))
    assert {target.split("/")[2] for target in targets if "://" in target} == {"127.0.0.1:8700"}
    files = {target.replace("\\", "/") for target in targets if "://" not in target}
    assert files
    for file in files:
        assert (of_samples.parent / file).is_file(), file


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "\\\\server\\share", "http://x/" + "a" * 3000]
)
def test_an_address_that_is_none_of_the_web_stays_text(tmp_path: Path, gongkai: Gongkai, url: str) -> None:
    published = contract_warehouse(
        tmp_path / "w.duckdb",
        "create table marts.reports_wide (report_id varchar, year integer, source_url varchar); "
        f"insert into marts.reports_wide values ('0000000000000001', 2020, '{url}')",
    )
    book = export(gongkai, published, tmp_path, "--select", "reports_wide")
    assert sheet(book, "报告一览")["网址"].to_list() == [url]
    assert url[:12] not in " ".join(text for name, text in parts(book).items() if name.endswith(".rels"))


def test_every_sheet_is_a_table_with_frozen_heads_that_prints_on_wide_pages(of_samples: Path) -> None:
    files = parts(of_samples)
    tables = [text for name, text in files.items() if "/tables/" in name]
    names = names_of(of_samples)[1:-1]
    assert len(tables) == len(names)
    for name in names:
        text = files[part_of(of_samples, name)]
        frame = sheet(of_samples, name)
        assert 'xSplit="2" ySplit="1"' in text and 'state="frozen"' in text, name
        assert 'orientation="landscape"' in text and "fitToHeight" in text and "<tablePart " in text, name
        assert any(
            f'ref="A1:{_letters(frame.width)}{max(frame.height, 1) + 1}" totalsRowShown' in table for table in tables
        ), name
    printed = re.findall(r"<definedName name=\"_xlnm.Print_Titles\"[^>]*>([^<]+)<", files["xl/workbook.xml"])
    assert len([each for each in printed if each.endswith("$1:$1")]) >= len(names)


def _letters(number: int) -> str:
    """The letters of a column, by its number from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def test_sums_count_no_figure_twice_and_say_who_states_them(workbook: Path) -> None:
    rows = sheet(workbook, "地区×年度").filter(pl.col("区划代码") == "330521")
    (row,) = rows.iter_rows(named=True)
    # The department's report stands in the government's. The report that is not current (55) and the reading that was
    # not chosen (999) are left out too; zero is a figure.
    assert (row["机构类别"], row["报告份数"]) == ("政府", 1)
    assert (row["收到申请数（件）"], row["收到申请数（填报份数）"]) == (12, 1)
    assert (str(row["收取的费用（元）"]), row["收取的费用（填报份数）"]) == ("0", 1)
    levels = sheet(workbook, "层级×年度")
    unstated = levels.filter(pl.col("层级") == "省级")
    assert unstated["报告份数"].to_list() == [1]
    assert unstated["收到申请数（件）"].to_list() == [None]
    assert unstated["收到申请数（填报份数）"].to_list() == [0]
    # Over all levels the county, which the province may hold, counts in one row and not in the other.
    sums = {row["层级"]: row for row in levels.filter(pl.col("年度") == 2020).iter_rows(named=True)}
    assert set(sums) == {"县级", "各级合计"}
    assert (sums["各级合计"]["报告份数"], sums["各级合计"]["收到申请数（件）"]) == (1, 12)
    assert levels.filter(pl.col("层级").str.contains("未说明"))["年度"].to_list() == [2021]
    # No scope: to say there that it is not known would be wrong.
    assert set(levels.filter(pl.col("层级").str.contains("各级合计"))["范围"]) == {None}


def test_a_row_is_as_high_as_its_longest_text(of_samples: Path) -> None:
    text = parts(of_samples)[part_of(of_samples, "核查")]
    lengths = sheet(of_samples, "核查")["说明"].str.len_chars().to_list()
    heights = [float(found[1]) if (found := re.search(r' ht="([\d.]+)"', row)) else 15 for row in
               re.findall(r"<row ([^>]+)>", text)[1:]]  # fmt: skip
    assert len(heights) == len(lengths) and max(lengths) > 60
    for length, height in zip(lengths, heights, strict=True):
        assert height >= 13 * -(-length * 2 // 65), (length, height)


def test_the_dictionary_names_every_column_of_every_sheet(of_samples: Path) -> None:
    dictionary = sheet(of_samples, "数据字典")
    for name in names_of(of_samples)[1:-1]:
        assert sheet(of_samples, name).columns == dictionary.filter(pl.col("工作表") == name)["表头"].to_list()


def test_headings_and_words_are_in_the_language_asked_for(of_samples: Path, of_samples_in_english: Path) -> None:
    """No heading and no code in the wrong one: only figures, names and words of reports are in neither."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    headings = sheet(of_samples, "数据字典")["表头"].to_list()
    assert [heading for heading in headings if not chinese.search(heading)] == []
    english = sheet(of_samples_in_english, "Dictionary")
    assert [heading for heading in english["Heading"] if chinese.search(heading)] == []
    assert [name for name in names_of(of_samples_in_english) if chinese.search(name)] == []
    codes = {
        value
        for name in names_of(of_samples)[1:-1]
        for column, kind in sheet(of_samples, name).schema.items()
        if kind == pl.String and not re.search("编号|代码|文件|依据|出处|原文|链接|查看|年度", column)
        for value in sheet(of_samples, name)[column].drop_nulls().to_list()
        if re.fullmatch(r"[a-z_]{3,}", value)
    }
    assert codes == set()
    rates = sheet(of_samples_in_english, "Rates by body")
    assert {"Rate", "95% interval from", "Denominator (n)"} <= set(rates.columns)
    assert "Granted in full" in " ".join(rates["Rate"]) or "rate" in " ".join(rates["Rate"]).lower()


def test_both_languages_stand_side_by_side(published: Path, gongkai: Gongkai, tmp_path: Path) -> None:
    book = export(gongkai, published, tmp_path, "--lang", "both", "--select", "fct_applications")
    facts = sheet(book, "依申请公开")
    assert {"年度 Year", "层级 Level"} <= set(facts.columns)
    assert "收到申请数（件） Applications received (cases)" in facts.columns


def test_a_table_longer_than_a_sheet_goes_on_in_the_next_and_the_first_sheet_says_so(
    published: Path, tmp_path: Path
) -> None:
    workbook = tmp_path / "small.xlsx"
    with open_published(Warehouse(published)) as connection:
        labels = Labels(connection, Language.ZH)
        write_workbook(connection, workbook, sheets(connection), labels, about(connection), rows_per_sheet=3)
    first, second = sheet(workbook, "报告出处"), sheet(workbook, "报告出处 (2)")
    assert (first.height, second.height) == (2, 2)
    assert first.columns == second.columns
    assert len({*first["报告编号"], *second["报告编号"]}) == 4
    said = " ".join(map(str, sheet(workbook, "说明").rows()))
    assert "至多3行" in said and "报告出处" in said
    tables = re.findall(r'<table [^>]* name="([^"]+)"', " ".join(parts(workbook).values()))
    assert {"reports", "reports_2"} <= set(tables) and len(tables) == len(set(tables))


def test_the_first_sheet_says_what_when_what_to_heed_and_how_to_cite(of_samples: Path) -> None:
    said = " ".join(str(value) for row in sheet(of_samples, "说明").rows() for value in row if value is not None)
    for words in (
        "第1次发布",
        "14份现行报告",
        "3处矛盾",
        "份应报而未见的报告",
        "个数字不是准确数",
        "数据指纹",
        "引用格式",
        "许可",
    ):
        assert words in said, words
    assert "None" not in said and "{" not in said


def test_a_warehouse_without_labels_is_told_how_to_get_them(tmp_path: Path, gongkai: Gongkai) -> None:
    published = contract_warehouse(tmp_path / "w.duckdb", "drop table marts.dim_label")
    done = gongkai("export", "--to", tmp_path, published=published)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "gongkai build --full-refresh" in done.stderr


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not there; make system installs it")
def test_libreoffice_shows_no_line_upon_another(of_samples: Path, tmp_path: Path) -> None:
    """Rendered to pages: the first sheet's lines keep apart, no cell shows ####, and heads are on every page."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(of_samples)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    with pypdfium2.PdfDocument(tmp_path / "gongkai.pdf") as document:
        assert 20 < len(document) < 180
        first = document[0].get_textpage()
        boxes = [first.get_rect(number) for number in range(first.count_rects())]
        for left, bottom, right, top in boxes:
            for other_left, other_bottom, other_right, other_top in boxes:
                across = min(right, other_right) - max(left, other_left)
                along = min(top, other_top) - max(bottom, other_bottom)
                same = (left, bottom, right, top) == (other_left, other_bottom, other_right, other_top)
                assert same or across <= 1 or along <= 0.35 * min(top - bottom, other_top - other_bottom), (
                    first.get_text_bounded(left, bottom, right, top),
                    first.get_text_bounded(other_left, other_bottom, other_right, other_top),
                )
        for number in range(len(document)):
            text = document[number].get_textpage().get_text_bounded()
            assert "###" not in text, number
