"""Reports on the 2021 form, made at random: valid ones, and such with a slip in one cell."""

from __future__ import annotations

import random

APPLICANTS = ("natural_person", "enterprise", "research", "public_interest", "legal_service", "other")
COLUMNS = (*APPLICANTS, "all")

RESULTS = (
    ("（一）予以公开", "application.outcome.granted"),
    ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "application.outcome.partial"),
    ("1.属于国家秘密", "application.refused.state_secret"),
    ("2.其他法律行政法规禁止公开", "application.refused.other_legal"),
    ("3.危及“三安全一稳定”", "application.refused.security_stability"),
    ("4.保护第三方合法权益", "application.refused.third_party"),
    ("5.属于三类内部事务信息", "application.refused.internal_affairs"),
    ("6.属于四类过程性信息", "application.refused.process"),
    ("7.属于行政执法案卷", "application.refused.enforcement_file"),
    ("8.属于行政查询事项", "application.refused.administrative_query"),
    ("1.本机关不掌握相关政府信息", "application.unavailable.not_held"),
    ("2.没有现成信息需要另行制作", "application.unavailable.needs_creation"),
    ("3.补正后申请内容仍不明确", "application.unavailable.still_unclear"),
    ("1.信访举报投诉类申请", "application.not_processed.petition"),
    ("2.重复申请", "application.not_processed.duplicate"),
    ("3.要求提供公开出版物", "application.not_processed.publication"),
    ("4.无正当理由大量反复申请", "application.not_processed.excessive"),
    ("5.要求行政机关确认或重新出具已获取信息", "application.not_processed.reconfirm"),
    (
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "application.other.not_corrected",
    ),
    (
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "application.other.fee_unpaid",
    ),
    ("3.其他", "application.other.misc"),
)
"""Label and indicator of each row of results, in the order of the form."""

ROWS = (
    ("一、本年新收政府信息公开申请数量", "application.received"),
    ("二、上年结转政府信息公开申请数量", "application.carried_in"),
    *RESULTS,
    ("（七）总计", "application.replied"),
    ("四、结转下年度继续办理", "application.carried_out"),
)
"""Label and indicator of the 25 rows of the application table."""

GROUPS = {2: "（三）不予公开", 10: "（四）无法提供", 13: "（五）不予处理", 18: "（六）其他处理"}
GROUP_SIZES = {2: 8, 10: 3, 13: 5, 18: 3}

Form = dict[tuple[str, str], int]
"""The figures of the application table by indicator and column."""


def valid_form(chance: random.Random) -> Form:
    """Figures that keep every identity of the form; about half of the cells are zero."""
    form: Form = {}
    for applicant in APPLICANTS:
        for _, indicator in RESULTS:
            form[indicator, applicant] = chance.choice((0, 0, chance.randrange(1, 12), chance.randrange(1, 400)))
        replied = sum(form[indicator, applicant] for _, indicator in RESULTS)
        out = chance.choice((0, chance.randrange(40)))
        carried_in = chance.randrange(replied + out + 1)
        form["application.replied", applicant] = replied
        form["application.carried_out", applicant] = out
        form["application.carried_in", applicant] = carried_in
        form["application.received", applicant] = replied + out - carried_in
    for _, indicator in ROWS:
        form[indicator, "all"] = sum(form[indicator, applicant] for applicant in APPLICANTS)
    return form


def with_slip(form: Form, cell: tuple[str, str], chance: random.Random) -> Form:
    """The same figures with one cell changed by one; never below zero."""
    change = chance.choice((1, -1)) if form[cell] else 1
    return form | {cell: form[cell] + change}


def page(form: Form, number: int, blank_zeros: bool = False) -> str:
    """A report as a web page. The number makes its body another; with `blank_zeros` zeros are left out."""

    def cells(indicator: str) -> str:
        values = [form[indicator, column] for column in COLUMNS]
        return "".join(f"<td>{'' if blank_zeros and not value else value}</td>" for value in values)

    lines = []
    for place, (label, indicator) in enumerate(ROWS):
        if 2 <= place < 2 + len(RESULTS):
            result = place - 2
            start = f'<td rowspan="{len(RESULTS) + 1}">三、本年度办理结果</td>' if result == 0 else ""
            if result in GROUPS:
                start += f'<td rowspan="{GROUP_SIZES[result]}">{GROUPS[result]}</td>'
            span = ' colspan="2"' if result < 2 else ""
            lines.append(f"<tr>{start}<td{span}>{label}</td>{cells(indicator)}</tr>")
        elif indicator == "application.replied":
            lines.append(f'<tr><td colspan="2">{label}</td>{cells(indicator)}</tr>')
        else:
            lines.append(f'<tr><td colspan="3">{label}</td>{cells(indicator)}</tr>')
    body = f"第{number}号开发区管理委员会"
    return f"""<html><head><meta charset="utf-8"><title>{body}2022年政府信息公开工作年度报告</title></head><body>
<h1>{body}2022年政府信息公开工作年度报告</h1>
<h2>一、总体情况</h2><p>本机关按照要求公开政府信息，本报告数据统计期限自2022年1月1日起至2022年12月31日止。</p>
<h2>二、主动公开政府信息情况</h2>
<h2>三、收到和处理政府信息公开申请情况</h2>
<table>
<tr><td colspan="3" rowspan="3">（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td>
<td colspan="7">申请人情况</td></tr>
<tr><td rowspan="2">自然人</td><td colspan="5">法人或其他组织</td><td rowspan="2">总计</td></tr>
<tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>
{chr(10).join(lines)}
</table>
<h2>四、政府信息公开行政复议、行政诉讼情况</h2>
<h2>五、存在的主要问题及改进情况</h2><p>公开的及时性有待提高。</p>
<h2>六、其他需要报告的事项</h2><p>无。</p>
</body></html>"""
