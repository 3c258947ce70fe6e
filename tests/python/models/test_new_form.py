"""A new form generation is rows of seeds: one of "2027" is read, and its identities hold or are found not to.

It has an eighth column (新闻媒体 among the applicants), two new rows and one that was renamed. Only the columns of fact
tables for the two new indicators are written elsewhere, in the YAML that is their contract.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from helpers import forms_2021
from helpers.command import run_gongkai
from helpers.forms_2021 import RESULTS, Form
from helpers.project import Row, copy_project, edit_seed, run_in

from gongkai.warehouse import Warehouse

APPLICANTS = ("natural_person", "enterprise", "research", "public_interest", "legal_service", "media", "other")
COLUMNS = (*APPLICANTS, "all")
HEADS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "新闻媒体", "其他", "总计")

SECRET = "application.refused.work_secret"
ADVICE = "application.not_processed.consultation"
NEW_ROWS = {SECRET: ("9.属于工作秘密", "refused"), ADVICE: ("6.咨询类申请", "not_processed")}
OLD_NAME, NEW_NAME = "没有现成信息需要另行制作", "需要汇总加工或重新制作"

RESULTS_2027 = tuple(
    row
    for label, indicator in RESULTS
    for row in [
        (label.replace(OLD_NAME, NEW_NAME), indicator),
        *([(NEW_ROWS[SECRET][0], SECRET)] if indicator == "application.refused.administrative_query" else []),
        *([(NEW_ROWS[ADVICE][0], ADVICE)] if indicator == "application.not_processed.reconfirm" else []),
    ]
)
ROWS_2027 = (*forms_2021.ROWS[:2], *RESULTS_2027, *forms_2021.ROWS[-2:])
GROUPS = {
    "refused": "（三）不予公开",
    "unavailable": "（四）无法提供",
    "not_processed": "（五）不予处理",
    "other": "（六）其他处理",
}


def valid_form(chance: random.Random) -> Form:
    """Figures that keep every identity of the form of 2027."""
    form: Form = {}
    for applicant in APPLICANTS:
        for _, indicator in RESULTS_2027:
            form[indicator, applicant] = chance.choice((0, chance.randrange(1, 12), chance.randrange(1, 400)))
        form["application.replied", applicant] = sum(form[indicator, applicant] for _, indicator in RESULTS_2027)
        form["application.carried_out", applicant] = chance.randrange(40)
        form["application.carried_in", applicant] = chance.randrange(form["application.replied", applicant] + 1)
        form["application.received", applicant] = (
            form["application.replied", applicant]
            + form["application.carried_out", applicant]
            - form["application.carried_in", applicant]
        )
    for _, indicator in ROWS_2027:
        form[indicator, "all"] = sum(form[indicator, applicant] for applicant in APPLICANTS)
    return form


def page(form: Form, number: int, has_heads: bool = True) -> str:
    """A report on the form of 2027 as a web page, with the heads of its columns or without."""
    rows = []
    group = ""
    for label, indicator in ROWS_2027:
        figures = "".join(f"<td>{form[indicator, column]}</td>" for column in COLUMNS)
        own = indicator.split(".")[1]
        start = ""
        if own in GROUPS and own != group:
            size = sum(each.split(".")[1] == own for _, each in ROWS_2027)
            start = f'<td rowspan="{size}">{GROUPS[own]}</td>'
        group = own
        span = "" if own in GROUPS else ' colspan="2"'
        rows.append(f"<tr>{start}<td{span}>{label}</td>{figures}</tr>")
    heads = "".join(f"<td>{head}</td>" for head in HEADS) if has_heads else ""
    body = f"第{number}号开发区管理委员会2027年政府信息公开工作年度报告"
    return f"""<html><head><meta charset="utf-8"><title>{body}</title></head><body><h1>{body}</h1>
<h2>一、总体情况</h2><p>本报告统计期限自2027年1月1日起至2027年12月31日止。</p>
<h2>三、收到和处理政府信息公开申请情况</h2>
<table>{f'<tr><td colspan="2"></td>{heads}</tr>' if heads else ""}{"".join(rows)}</table>
<h2>五、存在的主要问题及改进情况</h2><p>公开的及时性有待提高。</p></body></html>"""


def add_the_form(project: Path) -> None:
    """The rows of the form of 2027, as an analyst would write them."""

    def go_on(row: Row) -> None:
        """What the form of 2021 had and that of 2027 kept."""
        forms = row["forms"].split(";")
        if "2021" in forms and not is_changed(row):
            row["forms"] = ";".join([*forms, "2027"])

    def is_changed(row: Row) -> bool:
        return (
            row.get("label") == OLD_NAME
            or (row.get("form_part") == "application" and "column_codes" in row)
            or row.get("check_code") in changed_checks
        )

    changed_checks = {"T3-SUM-2021": (SECRET, ADVICE), "T3-SUBTOTAL-D": (SECRET,), "T3-SUBTOTAL-N": (ADVICE,)}
    edit_seed(project, "forms/forms", lambda row: None, {"form": "2027", "name_zh": "新格式", "labels_needed": "0"})
    shape = {
        "forms": "2027",
        "form_part": "application",
        "column_codes": ";".join(COLUMNS),
        "total_code": "all",
        "subtotal_of": ";".join(APPLICANTS[1:]),
    }
    edit_seed(project, "forms/form_shapes", go_on, shape)
    media = {"form_part": "application", "label": "新闻媒体", "column_code": "media", "match": "whole", "forms": "2027"}
    edit_seed(project, "forms/form_columns", go_on, media)
    labels = [
        {"label": re.sub(r"^\d\.", "", label), "row_code": code, "opens_group": group}
        for code, (label, group) in NEW_ROWS.items()
    ]
    labels.append(
        {"label": NEW_NAME, "row_code": "application.unavailable.needs_creation", "opens_group": "unavailable"}
    )
    for place, row in zip(("26", "27", "14"), labels, strict=True):
        row.update(form_part="application", forms="2027", place=place)
    edit_seed(project, "forms/form_labels", go_on, *labels)
    edit_seed(
        project,
        "forms/derived_sums",
        lambda row: None,
        {"total_code": "application.outcome.refused", "addend_code": SECRET, "forms": "2027"},
        {"total_code": "application.outcome.not_processed", "addend_code": ADVICE, "forms": "2027"},
    )
    media = {"applicant_type": "media", "position": "8", "name_zh": "新闻媒体", "name_en": "news media"}
    edit_seed(project, "forms/applicants", lambda row: None, media)
    indicators = [
        {
            "indicator_code": code,
            "fact_table": "fct_applications",
            "name_zh": re.sub(r"^\d\.", "", label),
            "name_en": code,
            "unit": "case",
            "parent_code": f"application.outcome.{group}",
            "forms": "2027",
        }
        for code, (label, group) in NEW_ROWS.items()
    ]
    edit_seed(project, "indicators/indicators", go_on, *indicators)
    edit_seed(project, "indicators/harmonised_terms", go_on)
    regime = {
        "from_year": "2027",
        "regulations_zh": "中华人民共和国政府信息公开条例",
        "regulations_en": "Regulations on Open Government Information",
        "form": "2027",
        "department_deadline": "01-31",
        "government_deadline": "03-31",
    }
    edit_seed(project, "indicators/disclosure_regimes", lambda row: None, regime)

    checks: list[Row] = []

    def copy_checks(row: Row) -> None:
        if row["check_code"] in changed_checks:
            more = "".join(f" +{code}" for code in changed_checks[row["check_code"]])
            code = row["check_code"].removesuffix("-2021") + "-2027"
            checks.append(row | {"check_code": code, "forms": "2027", "left_side": row["left_side"] + more})
        if row["check_code"] == "T3-ROW-D8":
            for number, code in enumerate(NEW_ROWS):
                sides = {"left_side": f"+{code}", "right_side": f"+{code}"}
                checks.append(row | {"check_code": f"T3-ROW-NEW-{number}", "forms": "2027"} | sides)
        go_on(row)

    edit_seed(project, "checks/checks", copy_checks)
    edit_seed(project, "checks/checks", lambda row: None, *checks)
    add_fact_columns(project)


def add_fact_columns(project: Path) -> None:
    """The columns of the two new indicators, beside the one of the eighth reason, in both tables of applications."""
    path = project / "models" / "core" / "_core__models.yml"
    text = path.read_text("utf-8")
    columns = "".join(
        f"      - {{name: {code.removeprefix('application.').replace('.', '_')}, data_type: 'decimal(20,4)',"
        f" description: new, config: {{meta: {{indicator_code: {code}}}}}}}\n"
        for code in NEW_ROWS
    )
    text = re.sub(r"(?=      - name: refused_administrative_query\n)", columns, text)
    path.write_text(text, "utf-8")


@dataclass
class Built:
    """What was written, by the name of its file, and the warehouse that it was read into."""

    forms: dict[str, Form]
    warehouse: Warehouse

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of the work file."""
        with duckdb.connect(str(self.warehouse.work), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """On the new form a valid report, one with a slip in a new cell and one without heads; one on the form of 2021."""
    place = tmp_path_factory.mktemp("form_2027")
    chance = random.Random(2027)
    forms = {"valid": valid_form(chance), "slip": valid_form(chance), "headless": valid_form(chance)}
    forms["slip"][SECRET, "media"] += 1
    forms["old"] = forms_2021.valid_form(chance)
    (place / "in").mkdir()
    for number, (name, form) in enumerate(forms.items()):
        text = forms_2021.page(form, number) if name == "old" else page(form, number, has_heads=name != "headless")
        (place / "in" / f"{name}.html").write_text(text, "utf-8")
    project = copy_project(place / "project")
    add_the_form(project)
    published = place / "w.duckdb"
    done = run_gongkai("ingest", place / "in", published=published)
    assert done.returncode == 0, done.stderr
    built = run_in(project, "build", published=published)
    assert built.returncode == 0, built.stderr
    return Built(forms, Warehouse(published))


def test_the_form_is_told(built: Built) -> None:
    forms = dict(built.query("select split_part(source_file, '.', 1), form from marts.dim_report"))
    assert forms == {"valid": "2027", "slip": "2027", "headless": "2027", "old": "2021"}


@pytest.mark.parametrize("name", ["valid", "slip", "headless", "old"])
def test_every_figure_is_read(built: Built, name: str) -> None:
    read = built.query(
        "select indicator_code, applicant_type, value from marts.observations"
        " inner join marts.dim_report using (report_id)"
        f" where source_file = '{name}.html' and basis = 'table' and is_selected"
    )
    assert {(code, applicant): int(value) for code, applicant, value in read} == built.forms[name]


def test_identities_hold_or_are_found_not_to(built: Built) -> None:
    findings = built.query(
        "select split_part(source_file, '.', 1), check_code from marts.findings"
        " inner join marts.dim_report using (report_id) where severity = 'hard' and check_code like 'T3-%'"
    )
    assert set(findings) == {("slip", "T3-SUM-2027"), ("slip", "T3-ROW-NEW-0")}


def test_new_indicators_stand_in_the_fact_tables(built: Built) -> None:
    sql = (
        "select applicant_type, refused_work_secret from marts.fct_applications_by_applicant"
        " inner join marts.dim_report using (report_id) where source_file = 'valid.html'"
    )
    assert {a: int(value) for a, value in built.query(sql)} == {a: built.forms["valid"][SECRET, a] for a in APPLICANTS}
