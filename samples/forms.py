"""The official forms as grids, filled from a sample's source, with the facts that the filled cells state.

A grid is a list of rows; a row is a list of cells (text, rows covered, columns covered). Values come from the `[form]`
part of a source (see samples/README.md); money on a form is in 万元, in the facts in yuan.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Cell = tuple[str, int, int]
Grid = list[list[Cell]]
Fact = dict[str, Any]

APPLICANTS = ["natural_person", "enterprise", "research", "public_interest", "legal_service", "other"]

# label, unit, indicator; a row without an indicator is a heading
FORM_2014: list[tuple[str, str, str | None]] = [
    ("一、主动公开情况", "", None),
    ("（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "条", "disclosure.total"),
    ("其中：主动公开规范性文件数", "条", "disclosure.normative"),
    ("制发规范性文件总数", "件", "disclosure.normative_issued"),
    ("（二）通过不同渠道和方式公开政府信息的情况", "", None),
    ("1.政府公报公开政府信息数", "条", "disclosure.channel.gazette"),
    ("2.政府网站公开政府信息数", "条", "disclosure.channel.website"),
    ("3.政务微博公开政府信息数", "条", "disclosure.channel.weibo"),
    ("4.政务微信公开政府信息数", "条", "disclosure.channel.wechat"),
    ("5.其他方式公开政府信息数", "条", "disclosure.channel.other"),
    ("二、回应解读情况", "", None),
    ("（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计1次）", "次", "response.hot_topics"),
    ("（二）通过不同渠道和方式回应解读的情况", "", None),
    ("1.参加或举办新闻发布会总次数", "次", "response.press_conferences"),
    ("其中：主要负责同志参加新闻发布会次数", "次", "response.press_conferences_by_head"),
    ("2.政府网站在线访谈次数", "次", "response.online_interviews"),
    ("其中：主要负责同志参加政府网站在线访谈次数", "次", "response.online_interviews_by_head"),
    ("3.政策解读稿件发布数", "篇", "response.policy_interpretations"),
    ("4.微博微信回应事件数", "次", "response.weibo_wechat"),
    ("5.其他方式回应事件数", "次", "response.other"),
    ("三、依申请公开情况", "", None),
    ("（一）收到申请数", "件", "application.received"),
    ("1.当面申请数", "件", "application.received.in_person"),
    ("2.传真申请数", "件", "application.received.fax"),
    ("3.网络申请数", "件", "application.received.online"),
    ("4.信函申请数", "件", "application.received.mail"),
    ("（二）申请办结数", "件", "application.closed"),
    ("1.按时办结数", "件", "application.closed.on_time"),
    ("2.延期办结数", "件", "application.closed.extended"),
    ("（三）申请答复数", "件", "application.replied"),
    ("1.属于已主动公开范围数", "件", "application.outcome.already_public"),
    ("2.同意公开答复数", "件", "application.outcome.granted"),
    ("3.同意部分公开答复数", "件", "application.outcome.partial"),
    ("4.不同意公开答复数", "件", "application.outcome.refused"),
    ("其中：涉及国家秘密", "件", "application.refused.state_secret"),
    ("涉及商业秘密", "件", "application.refused.trade_secret"),
    ("涉及个人隐私", "件", "application.refused.privacy"),
    ("危及国家安全、公共安全、经济安全和社会稳定", "件", "application.refused.security_stability"),
    ("不是《条例》所指政府信息", "件", "application.refused.not_government_information"),
    ("法律法规规定的其他情形", "件", "application.refused.other_legal"),
    ("5.不属于本行政机关公开数", "件", "application.outcome.not_this_agency"),
    ("6.申请信息不存在数", "件", "application.outcome.nonexistent"),
    ("7.告知作出更改补充数", "件", "application.outcome.amend_requested"),
    ("8.告知通过其他途径办理数", "件", "application.outcome.other_channel"),
    ("四、行政复议数量", "件", "appeal.review.total"),
    ("（一）维持具体行政行为数", "件", "appeal.review.upheld"),
    ("（二）被依法纠错数", "件", "appeal.review.corrected"),
    ("（三）其他情形数", "件", "appeal.review.other"),
    ("五、行政诉讼数量", "件", "appeal.litigation.total"),
    ("（一）维持具体行政行为或者驳回原告诉讼请求数", "件", "appeal.litigation.upheld"),
    ("（二）被依法纠错数", "件", "appeal.litigation.corrected"),
    ("（三）其他情形数", "件", "appeal.litigation.other"),
    ("六、举报投诉数量", "件", "appeal.complaints"),
    ("七、依申请公开信息收取的费用", "万元", "fee.collected"),
    ("八、机构建设和保障经费情况", "", None),
    ("（一）政府信息公开工作专门机构数", "个", "staff.units"),
    ("（二）设置政府信息公开查阅点数", "个", "staff.reading_points"),
    ("（三）从事政府信息公开工作人员数", "人", "staff.total"),
    ("1.专职人员数（不包括政府公报及政府网站工作人员数）", "人", "staff.full_time"),
    ("2.兼职人员数", "人", "staff.part_time"),
    (
        "（四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）",
        "万元",
        "staff.budget",
    ),
    ("九、政府信息公开会议和培训情况", "", None),
    ("（一）召开政府信息公开工作会议或专题会议数", "次", "staff.meetings"),
    ("（二）举办各类培训班数", "次", "staff.trainings"),
    ("（三）接受培训人员数", "人次", "staff.trainees"),
]

# group, label, key in the source, indicator
APPLICATION_ROWS: list[tuple[str, str, str, str]] = [
    ("", "一、本年新收政府信息公开申请数量", "received", "application.received"),
    ("", "二、上年结转政府信息公开申请数量", "carried_in", "application.carried_in"),
    ("result", "（一）予以公开", "granted", "application.outcome.granted"),
    ("result", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "partial", "application.outcome.partial"),
    ("（三）不予公开", "1.属于国家秘密", "state_secret", "application.refused.state_secret"),
    ("（三）不予公开", "2.其他法律行政法规禁止公开", "other_legal", "application.refused.other_legal"),
    ("（三）不予公开", "3.危及“三安全一稳定”", "security_stability", "application.refused.security_stability"),
    ("（三）不予公开", "4.保护第三方合法权益", "third_party", "application.refused.third_party"),
    ("（三）不予公开", "5.属于三类内部事务信息", "internal_affairs", "application.refused.internal_affairs"),
    ("（三）不予公开", "6.属于四类过程性信息", "process", "application.refused.process"),
    ("（三）不予公开", "7.属于行政执法案卷", "enforcement_file", "application.refused.enforcement_file"),
    ("（三）不予公开", "8.属于行政查询事项", "administrative_query", "application.refused.administrative_query"),
    ("（四）无法提供", "1.本机关不掌握相关政府信息", "not_held", "application.unavailable.not_held"),
    ("（四）无法提供", "2.没有现成信息需要另行制作", "needs_creation", "application.unavailable.needs_creation"),
    ("（四）无法提供", "3.补正后申请内容仍不明确", "still_unclear", "application.unavailable.still_unclear"),
    ("（五）不予处理", "1.信访举报投诉类申请", "petition", "application.not_processed.petition"),
    ("（五）不予处理", "2.重复申请", "duplicate", "application.not_processed.duplicate"),
    ("（五）不予处理", "3.要求提供公开出版物", "publication", "application.not_processed.publication"),
    ("（五）不予处理", "4.无正当理由大量反复申请", "excessive", "application.not_processed.excessive"),
    (
        "（五）不予处理",
        "5.要求行政机关确认或重新出具已获取信息",
        "reconfirm",
        "application.not_processed.reconfirm",
    ),
    (
        "（六）其他处理",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "not_corrected",
        "application.other.not_corrected",
    ),
    (
        "（六）其他处理",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "fee_unpaid",
        "application.other.fee_unpaid",
    ),
    ("（六）其他处理", "3.其他", "other_misc", "application.other.misc"),
    ("result", "（六）其他处理", "other_handled", "application.outcome.other"),
    ("result", "（七）总计", "replied", "application.replied"),
    ("", "四、结转下年度继续办理", "carried_out", "application.carried_out"),
]
ONLY_2019 = {"other_handled"}
ONLY_2021 = {"not_corrected", "fee_unpaid", "other_misc"}
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"

TABLE2_2021: list[tuple[str, list[str], list[tuple[str, str, list[str]]]]] = [
    (
        "第二十条第（一）项",
        ["本年制发件数", "本年废止件数", "现行有效件数"],
        [
            ("规章", "rules", [f"legislation.rules.{x}" for x in ("issued", "repealed", "in_force")]),
            ("行政规范性文件", "normative", [f"legislation.normative.{x}" for x in ("issued", "repealed", "in_force")]),
        ],
    ),
    ("第二十条第（五）项", ["本年处理决定数量"], [("行政许可", "permits", ["decision.permits"])]),
    (
        "第二十条第（六）项",
        ["本年处理决定数量"],
        [("行政处罚", "penalties", ["decision.penalties"]), ("行政强制", "compulsory", ["decision.compulsory"])],
    ),
    (
        "第二十条第（八）项",
        ["本年收费金额（单位：万元）"],
        [("行政事业性收费", "charge", ["charge.administrative"])],
    ),
]


def _power(stem: str, decisions: bool = True) -> list[str]:
    return [f"{stem}.items_previous", f"{stem}.items_change", *([stem] if decisions else [])]


TABLE2_2019: list[tuple[str, list[str], list[tuple[str, str, list[str]]]]] = [
    (
        "第二十条第（一）项",
        ["本年新制作数量", "本年新公开数量", "对外公开总数量"],
        [
            ("规章", "rules", [f"legislation.rules.{x}" for x in ("made", "disclosed", "disclosed_total")]),
            (
                "规范性文件",
                "normative",
                [f"legislation.normative.{x}" for x in ("made", "disclosed", "disclosed_total")],
            ),
        ],
    ),
    (
        "第二十条第（五）项",
        ["上一年项目数量", "本年增/减", "处理决定数量"],
        [
            ("行政许可", "permits", _power("decision.permits")),
            ("其他对外管理服务事项", "other_services", _power("decision.other_services")),
        ],
    ),
    (
        "第二十条第（六）项",
        ["上一年项目数量", "本年增/减", "处理决定数量"],
        [
            ("行政处罚", "penalties", _power("decision.penalties")),
            ("行政强制", "compulsory", _power("decision.compulsory")),
        ],
    ),
    (
        "第二十条第（八）项",
        ["上一年项目数量", "本年增/减"],
        [("行政事业性收费", "charge", _power("charge.administrative", decisions=False))],
    ),
    (
        "第二十条第（九）项",
        ["采购项目数量", "采购总金额"],
        [("政府集中采购", "procurement", ["procurement.projects", "procurement.amount"])],
    ),
]
TEN_THOUSAND = {"charge.administrative", "fee.collected", "staff.budget"}
APPEALS = ["appeal.review", "appeal.litigation_direct", "appeal.litigation_after_review"]
RESULTS = ["upheld", "corrected", "other", "pending", "total"]


def number(text: str) -> Decimal | None:
    """The figure that a filled cell states; None where it states none (blank, stroke, dash)."""
    plain = text.replace(",", "").replace("+", "").replace(" ", "").strip()
    factor = 1
    if plain.endswith("万元"):
        plain, factor = plain[:-2], 10000
    plain = plain.rstrip("元件项")
    if not plain or plain in {"/", "—", "-", "－"}:
        return None
    return Decimal(plain) * factor


def fact(code: str, text: str, applicant: str | None = None) -> list[Fact]:
    """The fact of one form cell as a list of one or none; money without a unit of its own is in 万元."""
    value = number(text)
    if value is None:
        return []
    if code in TEN_THOUSAND and "元" not in text:
        value *= 10000
    plain: int | float = int(value) if value == value.to_integral_value() else float(value)
    stated: Fact = {"indicator": code, "value": plain, "basis": "table"}
    if applicant:
        stated["applicant"] = applicant
    return [stated]


def form_2014(form: dict[str, Any]) -> tuple[Grid, list[Fact]]:
    """The statistical table of 2014: 指标, 单位, 统计数."""
    grid: Grid = [[(x, 1, 1) for x in ("统计指标", "单位", "统计数")]]
    facts: list[Fact] = []
    values, skip = form.get("values", {}), form.get("skip", [])
    for label, unit, code in FORM_2014:
        if code in skip:
            continue
        text = "" if code is None else str(values.get(code, form.get("fill", "0")))
        grid.append([(label, 1, 1), (unit, 1, 1), (text, 1, 1)])
        if code:
            facts += fact(code, text)
    return grid, facts


def table_2(form: dict[str, Any]) -> tuple[Grid, list[Fact]]:
    """Table 2 of the 2019 and 2021 forms: four (five) blocks one below the other, four columns wide."""
    grid: Grid = []
    facts: list[Fact] = []
    given = form.get("table2", {})
    for item, heads, rows in TABLE2_2019 if form["kind"] == "2019" else TABLE2_2021:
        width = 3 // len(heads)
        widths = [width] * (len(heads) - 1) + [3 - width * (len(heads) - 1)]
        grid.append([(item, 1, 4)])
        grid.append([("信息内容", 1, 1), *((head, 1, w) for head, w in zip(heads, widths, strict=True))])
        for label, key, codes in rows:
            texts = [str(x) for x in given.get(key, [form.get("fill", "0")] * len(codes))]
            grid.append([(label, 1, 1), *((text, 1, w) for text, w in zip(texts, widths, strict=True))])
            for code, text in zip(codes, texts, strict=True):
                facts += fact(code, text)
    return grid, facts


def table_3(form: dict[str, Any]) -> tuple[Grid, list[Fact]]:
    """Table 3: applications by applicant. A row is six figures; the seventh (总计) is their sum unless it is given."""
    skip = (ONLY_2021 if form["kind"] == "2019" else ONLY_2019) | set(form.get("skip", []))
    rows = [row for row in APPLICATION_ROWS if row[2] not in skip]
    fill, fill_total = str(form.get("fill", "0")), str(form.get("fill_total", form.get("fill", "0")))
    grid: Grid = [
        [(NOTE, 3, 3), ("申请人情况", 1, 7)],
        [("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)],
        [(x, 1, 1) for x in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")],
    ]
    facts: list[Fact] = []
    seen: set[str] = set()
    results = sum(row[0] != "" for row in rows)
    for group, label, key, code in rows:
        cells: list[Cell] = []
        if group and "result" not in seen:
            cells.append(("三、本年度办理结果", results, 1))
            seen.add("result")
        if group and group != "result":
            if group not in seen:
                cells.append((group, sum(row[0] == group for row in rows), 1))
                seen.add(group)
            cells.append((label, 1, 1))
        else:
            cells.append((label, 1, 2 if group else 3))
        given = form.get("rows", {}).get(key)
        texts = [fill] * 6 + [fill_total] if given is None else [str(x) for x in given]
        if len(texts) == 6:
            texts.append(str(sum((number(x) or Decimal(0)) for x in texts)))
        cells += [(text, 1, 1) for text in texts]
        grid.append(cells)
        for applicant, text in zip([*APPLICANTS, None], texts, strict=True):
            facts += fact(code, text, applicant)
    return grid, facts


def table_4(form: dict[str, Any]) -> tuple[Grid, list[Fact]]:
    """Table 4: reconsiderations and lawsuits; three groups of four figures and their sum."""
    heads = [(x, 1, 1) for x in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")]
    texts: list[str] = []
    facts: list[Fact] = []
    for stem, given in zip(APPEALS, form.get("appeals", [[form.get("fill", "0")] * 5] * 3), strict=True):
        group = [str(x) for x in given]
        if len(group) == 4:
            group.append(str(sum((number(x) or Decimal(0)) for x in group)))
        for result, text in zip(RESULTS, group, strict=True):
            facts += fact(f"{stem}.{result}", text)
        texts += group
    grid: Grid = [
        [("行政复议", 2, 5), ("行政诉讼", 1, 10)],
        [("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)],
        heads * 3,
        [(text, 1, 1) for text in texts],
    ]
    return grid, facts


TABLES = {"form2014": form_2014, "table2": table_2, "table3": table_3, "table4": table_4}
