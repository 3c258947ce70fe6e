"""Application tables of the form of 2021 with invented figures, spoilt the way reports spoil them.

The same seed always gives the same tables. A table is lines as form_tables.txt writes them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from decimal import Decimal

GROUPS = {
    "（三）不予公开": {
        "1.属于国家秘密": "refused.state_secret",
        "2.其他法律行政法规禁止公开": "refused.other_legal",
        "3.危及“三安全一稳定”": "refused.security_stability",
        "4.保护第三方合法权益": "refused.third_party",
        "5.属于三类内部事务信息": "refused.internal_affairs",
        "6.属于四类过程性信息": "refused.process",
        "7.属于行政执法案卷": "refused.enforcement_file",
        "8.属于行政查询事项": "refused.administrative_query",
    },
    "（四）无法提供": {
        "1.本机关不掌握相关政府信息": "unavailable.not_held",
        "2.没有现成信息需要另行制作": "unavailable.needs_creation",
        "3.补正后申请内容仍不明确": "unavailable.still_unclear",
    },
    "（五）不予处理": {
        "1.信访举报投诉类申请": "not_processed.petition",
        "2.重复申请": "not_processed.duplicate",
        "3.要求提供公开出版物": "not_processed.publication",
        "4.无正当理由大量反复申请": "not_processed.excessive",
        "5.要求行政机关确认或重新出具已获取信息": "not_processed.reconfirm",
    },
    "（六）其他处理": {
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": "other.not_corrected",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请": "other.fee_unpaid",
        "3.其他": "other.misc",
    },
}
ROWS: list[tuple[list[str], str]] = [
    (["一、本年新收政府信息公开申请数量"], "received"),
    (["二、上年结转政府信息公开申请数量"], "carried_in"),
    (["三、本年度办理结果", "（一）予以公开"], "outcome.granted"),
    (["", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"], "outcome.partial"),
    *(
        (["", group if number == 0 else "", label], code)
        for group, labels in GROUPS.items()
        for number, (label, code) in enumerate(labels.items())
    ),
    (["", "（七）总计"], "replied"),
    (["四、结转下年度继续办理"], "carried_out"),
]
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
PARTS = "商业企业|科研机构|社会公益组织|法律服务机构|其他"
LOOK_ALIKES = str.maketrans({"于": "予", "提": "题", "制": "治", "续": "绪", "请": "清", "案": "按", "护": "户"})
APPLICANTS = ["natural_person", "enterprise", "research", "public_interest", "legal_service", "other", "all"]

Figure = tuple[str, str, Decimal]

# What is done to a label, and to the texts of a row's figures.
LABELS: dict[str, Callable[[str, random.Random], str]] = {
    "numbers lost": lambda label, dice: re.sub(r"^(?:[（][一二三四五六七][）]|[一二三四]、|\d\.)", "", label),
    "brackets lost": lambda label, dice: re.sub("[（）.、]", "", label),
    "numbered anew": lambda label, dice: label.replace(".", "、").replace("（", "(").replace("）", ")"),
    "misspelt": lambda label, dice: label.translate(LOOK_ALIKES) if len(label) > 7 and dice.random() < 0.2 else label,
    "wrapped": lambda label, dice: re.sub("(?<=^..)", dice.choice([" ", "\n", "\u3000"]), label),
    "cut short": lambda label, dice: label[:-3] if len(label) > 14 and dice.random() < 0.4 else label,
}
FIGURES: dict[str, Callable[[list[str], random.Random], list[str]]] = {
    "blanks and marks for nothing": lambda texts, dice: [dice.choice(["", "/", "—"]) if t == "0" else t for t in texts],
    "full-width": lambda texts, dice: [t.translate({48 + n: 0xFF10 + n for n in range(10)}) for t in texts],
    "thousands and units": lambda texts, dice: [f"{int(t):,}{dice.choice(['', '件'])}" for t in texts],
    "digits in two cells": lambda texts, dice: split_digits(texts, dice),
}
HEADERS: dict[str, list[str]] = {
    "as the form": [f"{{3x3}}{NOTE}|{{1x7}}申请人情况", "{2x1}自然人|{1x5}法人或其他组织|{2x1}总计", PARTS],
    "no total": [f"{{3x3}}{NOTE}|{{1x6}}申请人情况", "{2x1}自然人|{1x5}法人或其他组织", PARTS],
    "a row short": [f"{{2x3}}{NOTE}|{{1x7}}申请人情况", "自然人|{1x5}法人或其他组织|总计"],
    "spans lost": [f"{NOTE}|申请人情况", "自然人|法人或其他组织|总计", PARTS],
    "no header": [],
}


def split_digits(texts: list[str], dice: random.Random) -> list[str]:
    """One long figure of an applicant in two cells."""
    long = [place for place, text in enumerate(texts[:6]) if len(text) > 1]
    if not long:
        return texts
    place = dice.choice(long)
    return [*texts[:place], texts[place][0], texts[place][1:], *texts[place + 1 :]]


def table(dice: random.Random, label: str, figure: str, header: str) -> tuple[list[str], set[Figure]]:
    """The lines of a table spoilt in the ways named, and the figures that can be told from it."""
    lines, truth = list(HEADERS[header]), set[Figure]()
    for labels, code in ROWS:
        parts = [dice.choice([0, 0, 0, dice.randint(1, 30), dice.randint(100, 30_000)]) for _ in range(6)]
        texts = [str(number) for number in [*parts, sum(parts)]]
        if header == "no total":
            texts.pop()
        if figure:
            texts = FIGURES[figure](texts, dice)
        named = [LABELS[label](text, dice) if text and label else text for text in labels]
        if header == "spans lost":
            named = [text for text in named if text]
        else:
            named[-1] = f"{{1x{4 - len(named)}}}{named[-1]}"
        lines.append("|".join(named + texts))
        for applicant, number in zip(APPLICANTS, [*parts, sum(parts)], strict=True):
            told = (applicant != "all" or header != "no total") and (number or figure != "blanks and marks for nothing")
            if told:
                truth.add((f"application.{code}", applicant, Decimal(number)))
    return lines, truth


def tables() -> dict[str, tuple[list[str], set[Figure]]]:
    """Tables with labels or figures spoilt, under each header."""
    made: dict[str, tuple[list[str], set[Figure]]] = {}
    for label, figure in [("", ""), *((label, "") for label in LABELS), *(("", figure) for figure in FIGURES)]:
        for header in HEADERS:
            # where digits are split and no total is there, nothing tells which cells belong together
            if figure == "digits in two cells" and header in ("no total", "no header"):
                continue
            ways = ", ".join(filter(None, [label, figure, header]))
            made[f"spoilt: {ways}"] = table(random.Random(ways), label, figure, header)
    return made
