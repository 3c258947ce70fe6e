"""The pages of made-up reports: what a report of `report_world` says, as html or as lines of text."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpers.command import ROOT
from helpers.forms_2021 import COLUMNS, GROUP_SIZES, GROUPS, RESULTS

sys.path.insert(0, str(ROOT / "samples"))
import forms

if TYPE_CHECKING:
    from helpers.report_world import Report

VERBS = (
    "及时更新", "逐步完善", "认真梳理", "定期检查", "持续优化", "着力加强", "规范管理", "统一编排",
    "仔细核对", "主动推进", "稳妥开展", "分类整理", "重新设计", "不断丰富", "严格审核", "共同维护",
)  # fmt: skip
OBJECTS = (
    "栏目设置与内容编排", "办事指南的文字表述", "重点领域的公开目录", "保密审查的工作流程",
    "窗口人员的业务学习", "政策文件的归档方式", "网站检索的便利程度", "来信来电的答复口径",
    "基层单位的指导工作", "年度任务的分工安排", "考核评议的具体标准", "公开指南的适用范围",
    "意见征集的组织方式", "档案移交的衔接环节", "工作台账的登记办法", "服务大厅的引导标识",
    "图书馆内的查阅条件", "热线平台的值守制度", "财政预算的公开格式", "招标采购的公告样式",
    "民生项目的进展通报", "应急事项的发布机制", "数据资源的共享渠道", "培训教材的案例选择",
)  # fmt: skip
"""Clauses are made of these, a verb and an object each."""

MATTERS_2021 = (
    ("（一）", ("本年制发件数", "本年废止件数", "现行有效件数"), (
        ("规章", "legislation.rules", ("issued", "repealed", "in_force")),
        ("行政规范性文件", "legislation.normative", ("issued", "repealed", "in_force")),
    )),
    ("（五）", ("本年处理决定数量",), (("行政许可", "decision.permits", ("",)),)),
    ("（六）", ("本年处理决定数量",), (
        ("行政处罚", "decision.penalties", ("",)), ("行政强制", "decision.compulsory", ("",)),
    )),
    ("（八）", ("本年收费金额（单位：万元）",), (("行政事业性收费", "charge.administrative", ("",)),)),
)  # fmt: skip
_ITEMS = ("items_previous", "items_change", "")
_ITEM_HEADS = ("上一年项目数量", "本年增/减", "处理决定数量")
MATTERS_2019 = (
    ("（一）", ("本年新制作数量", "本年新公开数量", "对外公开总数量"), (
        ("规章", "legislation.rules", ("made", "disclosed", "disclosed_total")),
        ("规范性文件", "legislation.normative", ("made", "disclosed", "disclosed_total")),
    )),
    ("（五）", _ITEM_HEADS, (
        ("行政许可", "decision.permits", _ITEMS), ("其他对外管理服务事项", "decision.other_services", _ITEMS),
    )),
    ("（六）", _ITEM_HEADS, (
        ("行政处罚", "decision.penalties", _ITEMS), ("行政强制", "decision.compulsory", _ITEMS),
    )),
    ("（八）", _ITEM_HEADS[:2], (("行政事业性收费", "charge.administrative", _ITEMS[:2]),)),
    ("（九）", ("采购项目数量", "采购总金额（单位：万元）"), (
        ("政府集中采购", "procurement", ("projects", "amount")),
    )),
)  # fmt: skip

LOCAL = (
    ("主动公开信息数", "条", "disclosure.total"),
    ("申请总数", "件", "application.received"),
    ("其中：当面申请数", "件", "application.received.in_person"),
    ("传真申请数", "件", "application.received.fax"),
    ("网上申请数", "件", "application.received.online"),
    ("信函申请数", "件", "application.received.mail"),
    ("其他形式申请数", "件", "application.received.other"),
    ("对申请的答复总数", "件", "application.replied"),
    ("其中：同意公开答复数", "件", "application.outcome.granted"),
    ("同意部分公开答复数", "件", "application.outcome.partial"),
    ("否决公开答复数", "件", "application.outcome.refused"),
    ("非《规定》所指政府信息", "件", "application.refused.not_government_information"),
    ("信息不存在", "件", "application.outcome.nonexistent"),
    ("非本部门掌握", "件", "application.outcome.not_this_agency"),
    ("申请内容不明确", "件", "application.outcome.amend_requested"),
    ("行政复议数", "件", "appeal.review.total"),
    ("行政诉讼数", "件", "appeal.litigation.total"),
    ("行政申诉数", "件", "appeal.complaints"),
)
"""The rows of a local table before 2014, of which a report has those that it has figures for."""


def day(text: str) -> datetime:
    """2024-01-20 as a moment. ValueError where it is no day."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _table(rows: Iterable[str]) -> str:
    return "<table>" + "\n".join(rows) + "</table>"


def _code(stem: str, end: str) -> str:
    return f"{stem}.{end}" if end else stem


def matters(report: Report) -> str:
    """The table of rules, decisions and charges, of 2019 or 2021."""
    rows = []
    width = 4
    for item, heads, lines in MATTERS_2021 if report.form != "2019" else MATTERS_2019:
        rows.append(f'<tr><td colspan="{width}">第二十条第{item}项</td></tr>')
        spans = [f' colspan="{width - len(heads)}"' if place == len(heads) - 1 else "" for place in range(len(heads))]
        rows.append(
            "<tr><td>信息内容</td>" + "".join(f"<td{s}>{h}</td>" for s, h in zip(spans, heads, strict=True)) + "</tr>"
        )
        for label, stem, ends in lines:
            cells = [f"<td{s}>{report.cell(_code(stem, e))}</td>" for s, e in zip(spans, ends, strict=True)]
            rows.append(f"<tr><td>{label}</td>{''.join(cells)}</tr>")
    return _table(rows)


GROUP_TOTALS = {
    2: "application.outcome.refused",
    10: "application.outcome.unavailable",
    13: "application.outcome.not_processed",
    18: "application.outcome.other",
}
"""Where a group of results begins, and the indicator of its sum, for which some reports have a row."""


def applications(report: Report) -> str:
    """The table of applications, of 2019 or 2021, and with the rows and the column of sums that some reports add."""
    is_old = report.form == "2019"
    has_sums = report.form == "subtotals"
    results = [(label, code) for label, code in RESULTS if not (is_old and code.startswith("application.other."))]
    columns = (*COLUMNS[:-1], "legal", "all") if has_sums else COLUMNS

    def line(label: str, span: int, code: str, before: str = "") -> str:
        cells = "".join(f"<td>{report.cell(code, column)}</td>" for column in columns)
        width = f' colspan="{span}"' if span > 1 else ""
        return f"<tr>{before}<td{width}>{label}</td>{cells}</tr>"

    height = len(results) + 1 + is_old + has_sums * len(GROUPS)
    kinds = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", *(["小计"] * has_sums))
    rows = [
        '<tr><td colspan="3" rowspan="3">（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td>'
        f'<td colspan="{len(columns)}">申请人情况</td></tr>',
        f'<tr><td rowspan="2">自然人</td><td colspan="{len(columns) - 2}">法人或其他组织</td>'
        '<td rowspan="2">总计</td></tr>',
        _row(*kinds),
        line("一、本年新收政府信息公开申请数量", 3, "application.received"),
        line("二、上年结转政府信息公开申请数量", 3, "application.carried_in"),
    ]
    for place, (label, code) in enumerate(results):
        before = f'<td rowspan="{height}">三、本年度办理结果</td>' if place == 0 else ""
        if place in GROUPS:
            before += f'<td rowspan="{GROUP_SIZES[place] + has_sums}">{GROUPS[place]}</td>'
            if has_sums:
                rows.append(line("小计", 1, GROUP_TOTALS[place], before))
                before = ""
        rows.append(line(label, 2 if place < 2 else 1, code, before))
    if is_old:
        rows.append(line("（六）其他处理", 2, "application.outcome.other"))
    rows.append(line("（七）总计", 2, "application.replied"))
    rows.append(line("四、结转下年度继续办理", 3, "application.carried_out"))
    return _table(rows)


def appeals(report: Report) -> str:
    """The table of reconsiderations and lawsuits, of 2019 or 2021."""
    endings = ("upheld", "corrected", "other", "pending", "total")
    heads = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    ways = ("review", "litigation_direct", "litigation_after_review")
    return _table((
        '<tr><td colspan="5" rowspan="2">行政复议</td><td colspan="10">行政诉讼</td></tr>',
        '<tr><td colspan="5">未经复议直接起诉</td><td colspan="5">复议后起诉</td></tr>',
        _row(*heads, *heads, *heads),
        _row(*(report.cell(f"appeal.{way}.{ending}") for way in ways for ending in endings)),
    ))  # fmt: skip


def statistics(report: Report) -> str:
    """The statistical table of 2014."""
    return _table((
        _row("统计指标", "单位", "统计数"),
        *(_row(label, unit, report.cell(code) if code else "") for label, unit, code in forms.FORM_2014),
    ))  # fmt: skip


def local(report: Report) -> str:
    """A table of a place of its own: the rows that the report has figures for."""
    given = [row for row in LOCAL if (row[2], "all") in report.figures]
    return _table(
        (_row("指标名称", "计量单位", "本年度"), *(_row(name, unit, report.cell(code)) for name, unit, code in given))
    )


def _clauses(report: Report, start: int) -> str:
    return "，".join(report.clauses[start : start + 10]) + "。"


def title(report: Report) -> str:
    """The title of a report."""
    return f"{report.body.name}{report.year}年政府信息公开工作年度报告"


def preamble(report: Report) -> str:
    """Who made the report, of which period, and what its figures are of."""
    scope = {"own": "所列数据为本级政府的。", "aggregate": "本报告由各部门和各乡镇的报告汇总而成。", "": ""}[
        report.scope
    ]
    year = report.year
    return (
        f"{report.body.name}根据《中华人民共和国政府信息公开条例》编制本报告。{scope}"
        f"数据统计期限自{year}年1月1日起至{year}年12月31日止。"
    )


def _share(report: Report) -> str:
    """How much of the results was granted, in per cent."""
    share = 100 * report.told("application.outcome.granted") / report.told("application.replied")
    return f"{share + report.told('share'):.1f}"


def _growth(report: Report) -> str:
    """By how much more or fewer applications came than the year before; empty for the first year."""
    before = report.previous.get(("application.received", "all"))
    if not before:
        return ""
    change = 100 * (report.told("application.received") / before - 1) + report.told("growth")
    return f"，同比{'增长' if change >= 0 else '下降'}{abs(change):.1f}%"


def _categories(report: Report) -> str:
    """Items disclosed by category, which add up to their total."""
    total = report.figures["disclosure.total", "all"]
    sizes = (total // 2, total // 4, total - total // 2 - total // 4 + report.told("category"))
    return (
        "按内容分为："
        + "，".join(f"{n}{size}条" for n, size in zip(("机构职能类", "政策法规类", "业务动态类"), sizes, strict=True))
        + "。"
    )


def sections(report: Report) -> list[tuple[str, list[str]]]:
    """Headings and what stands below each: paragraphs, and tables as html."""
    told = report.told
    staff = (
        f"从事政府信息公开工作人员{told('staff.total')}人，其中专职人员{told('staff.full_time')}人、"
        f"兼职人员{told('staff.part_time')}人。举办培训班{told('staff.trainings')}期，培训{told('staff.trainees')}人次。"
    )
    channels = (
        f"政府公报公开政府信息{told('disclosure.channel.gazette')}条，政府网站公开政府信息{told('disclosure.channel.website')}条，"
        f"政务微博公开政府信息{told('disclosure.channel.weibo')}条，政务微信公开政府信息{told('disclosure.channel.wechat')}条，"
        f"其他方式公开政府信息{told('disclosure.channel.other')}条。"
    )
    ways = (
        f"其中当面申请{told('application.received.in_person')}件，传真申请{told('application.received.fax')}件，"
        f"网络申请{told('application.received.online')}件，信函申请{told('application.received.mail')}件。"
    )
    total = f"全年主动公开政府信息{told('disclosure.total')}条。"
    received = f"收到政府信息公开申请{told('application.received')}件，"
    if report.form in ("2019", "2021", "subtotals"):
        normative = "made" if report.form == "2019" else "issued"
        return [
            ("一、总体情况", [
                total + channels + _clauses(report, 0),
                f"新收政府信息公开申请{told('application.received')}件{_growth(report)}，{ways}"
                f"上年结转{told('application.carried_in')}件，办结{told('application.replied')}件，"
                f"其中予以公开{told('application.outcome.granted')}件，占{_share(report)}%，"
                f"部分公开{told('application.outcome.partial')}件。"
                f"结转下年度{told('application.carried_out')}件。",
                f"制发行政规范性文件{told('legislation.normative.' + normative)}件，"
                f"作出行政许可决定{told('decision.permits')}件，"
                f"作出行政处罚决定{told('decision.penalties')}件。{staff}",
            ]),
            ("二、主动公开政府信息情况", [matters(report)]),
            ("三、收到和处理政府信息公开申请情况", [applications(report)]),
            ("四、政府信息公开行政复议、行政诉讼情况", [
                appeals(report),
                f"因政府信息公开被申请行政复议{told('appeal.review.total')}件。",
            ]),
            ("五、存在的主要问题及改进情况", [_clauses(report, 10)]),
            ("六、其他需要报告的事项", ["本年度没有收取信息处理费。" + _clauses(report, 20)]),
        ]  # fmt: skip
    disclosed = (
        f"全年主动公开政府信息{told('disclosure.total')}条，其中规范性文件{told('disclosure.normative')}件。" + channels
    )
    applied = (
        f"{received}{ways}按时办结{told('application.closed.on_time')}件，延期办结{told('application.closed.extended')}件。"
        f"答复申请{told('application.replied')}件，其中同意公开{told('application.outcome.granted')}件，"
        f"同意部分公开{told('application.outcome.partial')}件，不同意公开{told('application.outcome.refused')}件。"
    )
    appealed = (
        f"发生行政复议{told('appeal.review.total')}件，其中维持{told('appeal.review.upheld')}件，"
        f"被依法纠错{told('appeal.review.corrected')}件，其他情形{told('appeal.review.other')}件。"
        f"发生行政诉讼{told('appeal.litigation.total')}件，其中维持{told('appeal.litigation.upheld')}件，"
        f"被依法纠错{told('appeal.litigation.corrected')}件，其他情形{told('appeal.litigation.other')}件。"
    )
    if report.form == "local":
        disclosed, applied, ending, doubtful = total, received + ways, [local(report)], []
        appealed = f"发生行政复议{told('appeal.review.total')}件。发生行政诉讼{told('appeal.litigation.total')}件。"
        money = "本年度没有收取费用。"
        staff = ""
    else:
        ending = [statistics(report)] if report.form == "2014" else []
        issued = report.figures["disclosure.total", "all"] + told("doubtful")
        doubtful = [f"全年共发布各类信息{issued}条。"] if report.form == "2014" else []
        money = f"依申请公开信息收取的费用{told('fee.collected')}万元。"
        disclosed += _categories(report) if report.form != "2014" else ""
    return [
        ("一、概述", [_clauses(report, 0) + staff]),
        ("二、主动公开政府信息情况", [disclosed, *doubtful]),
        ("三、依申请公开政府信息情况", [applied]),
        ("四、收费及减免情况", [money]),
        ("五、行政复议和行政诉讼情况", [appealed]),
        ("六、存在的主要问题及改进情况", [_clauses(report, 10), _clauses(report, 20)]),
        *([("附：政府信息公开情况统计表", ending)] if ending else []),
    ]


def signed(report: Report) -> str:
    """The day on which a report was published: in time for all kinds of bodies."""
    return f"{report.year + 1}年1月{19 + report.version}日"


def lines(report: Report) -> list[str]:
    """The report as lines of text. It has no tables then."""
    made = [title(report), preamble(report)]
    for heading, parts in sections(report):
        made += [heading, *parts]
    return [*made, report.body.name, signed(report)]


def page(report: Report) -> str:
    """The report as a web page."""
    posted = f"{report.year + 1}-01-{19 + report.version}"
    body = [
        f"<table><tr><td>发布机构</td><td>{report.body.name}</td><td>有效性</td><td>有效</td></tr></table>",
        f"<h1>{title(report)}</h1>",
        f"<p>{preamble(report)}</p>",
    ]
    for heading, parts in sections(report):
        body.append(f"<h2>{heading}</h2>")
        body += [part if part.startswith("<table>") else f"<p>{part}</p>" for part in parts]
    return f"""<html><head><meta charset="utf-8"><title>{title(report)}</title>
<meta name="PubDate" content="{posted}"></head><body>
{chr(10).join(body)}
<p>{report.body.name}</p><p>{signed(report)}</p>
</body></html>"""
