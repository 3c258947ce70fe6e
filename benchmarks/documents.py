"""The text of one made-up report: real places, invented figures, every generation of the form."""

from __future__ import annotations

import csv
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "samples"))
import forms  # noqa: E402 - the forms as the samples fill them

Parts = list[tuple[str, Any]]

_OFFICES = [
    "教育局",
    "民政局",
    "财政局",
    "水利局",
    "交通运输局",
    "农业农村局",
    "卫生健康局",
    "审计局",
    "统计局",
    "司法局",
]
_WORK = ["规划计划", "财政资金", "民生保障", "工程建设", "人事任免", "应急管理", "环境保护", "教育培训", "统计数据"]
_FILLER = [
    "全年修订公开目录，把各股室的公开职责写入考核办法，按季度通报情况。",
    "在便民服务大厅设立查阅点，配备电脑和打印机，由值班人员协助群众查找。",
    "对网站栏目逐一检查，清理长期不更新的页面，补齐缺少的联系方式和办理指南。",
    "组织新进人员学习条例，讲解受理、登记、答复各环节的时限和文书格式。",
    "邀请村（居）民代表到场观看办理流程，现场听取意见并当场答复。",
]


@dataclass(frozen=True, slots=True)
class Agency:
    """Whose report it is, with its region's code."""

    name: str
    region_code: str


def agencies(chance: random.Random, count: int) -> list[Agency]:
    """Different agencies all over the country: county governments, their offices, and townships."""
    with (ROOT / "seeds" / "regions" / "regions.csv").open(encoding="utf-8") as file:
        current = {row["region_code"]: row["name"] for row in csv.DictReader(file) if not row["valid_to_year"]}
    with (ROOT / "seeds" / "regions" / "townships.csv").open(encoding="utf-8") as file:
        towns = [(row["region_code"], row["name"]) for row in csv.DictReader(file) if not row["valid_to_year"]]
    counties = [(code, name) for code, name in current.items() if code[4:] != "00" and len(name) > 2]
    every = [Agency(f"{name}人民政府", code) for code, name in counties]
    every += [Agency(f"{name}{office}", code) for code, name in counties for office in _OFFICES]
    every += [
        Agency(f"{current[code[:6]]}{name}人民政府", code)
        for code, name in towns
        if code[:6] in current and name[-1] in "镇乡"
    ]
    chance.shuffle(every)
    return every[:count]


def report(chance: random.Random, agency: Agency, year: int) -> tuple[str, Parts]:
    """The kind of form (narrative, 2014, 2019, 2021) and the document as (kind, content) parts."""
    kind = "narrative" if year < 2014 else "2014" if year < 2019 else "2019" if year < 2021 else "2021"
    title = f"{agency.name}{year}年政府信息公开工作年度报告"
    parts: Parts = [
        ("title", title),
        (
            "paragraph",
            f"根据《中华人民共和国政府信息公开条例》规定，编制{agency.name}{year}年度报告。"
            f"数据统计期限为{year}年1月1日至{year}年12月31日。",
        ),
        ("heading", "一、总体情况"),
    ]
    parts += [("paragraph", text) for text in _prose(chance, year)]
    form = _form(chance, kind)
    if kind in {"2019", "2021"}:
        for heading, table in (
            ("二、主动公开政府信息情况", forms.table_2),
            ("三、收到和处理政府信息公开申请情况", forms.table_3),
            ("四、政府信息公开行政复议、行政诉讼情况", forms.table_4),
        ):
            parts += [("heading", heading), ("table", table(form)[0])]
    parts += [("heading", "五、存在的主要问题及改进情况")]
    parts += [
        ("paragraph", f"（{number}）{text}") for number, text in zip("一二三", chance.sample(_FILLER, 3), strict=True)
    ]
    parts += [("heading", "六、其他需要报告的事项"), ("paragraph", "本年度未收取任何费用，没有其他需要报告的事项。")]
    if kind == "2014":
        parts += [("heading", "政府信息公开情况统计表"), ("table", forms.form_2014(form)[0])]
    parts += [("paragraph", agency.name), ("paragraph", f"{year + 1}年1月{chance.randint(4, 30)}日")]
    return kind, parts


def _prose(chance: random.Random, year: int) -> list[str]:
    """Paragraphs with this year's figures, other years' beside them, and zeros in words."""
    total = chance.randint(40, 4000)
    site = chance.randint(20, total)
    shares = [chance.randint(1, max(2, total // 10)) for _ in range(4)]
    kinds = "、".join(f"{name}类信息{count}条" for name, count in zip(chance.sample(_WORK, 4), shares, strict=True))
    received = chance.choice([0, 0, chance.randint(1, 90)])
    applied = (
        f"全年收到政府信息公开申请{received}件，比上年增加{chance.randint(1, 9)}件，均按时办结。"
        if received
        else "本年度未收到政府信息公开申请。"
    )
    return [
        f"（一）主动公开。{year}年主动公开政府信息{total}条，"
        f"其中政府网站公开{site}条，同比增长{chance.randint(1, 40)}%。",
        f"按内容分，{kinds}。",
        chance.choice(_FILLER),
        f"（二）依申请公开。{applied}",
        "未发生因政府信息公开引起的行政复议、行政诉讼和举报投诉。",
        f"（三）监督保障。举办培训班{chance.randint(1, 6)}期，{chance.randint(20, 300)}人次参加；"
        f"召开专题会议{chance.randint(1, 5)}次，配备兼职人员{chance.randint(1, 20)}名。",
        chance.choice(_FILLER),
    ]


def _form(chance: random.Random, kind: str) -> dict[str, Any]:
    """The filled cells of a form whose sums hold."""
    if kind == "2014":
        codes = [code for _, _, code in forms.FORM_2014 if code]
        return {
            "kind": kind,
            "values": {code: chance.randint(0, 500) for code in chance.sample(codes, 20)},
            "fill": "0",
        }
    granted, not_held = ([chance.randint(0, 9) for _ in range(6)] for _ in range(2))
    done = [left + right for left, right in zip(granted, not_held, strict=True)]
    return {
        "kind": kind,
        "fill": "0",
        "rows": {"received": done, "granted": granted, "not_held": not_held, "replied": done},
        "table2": {"permits": [chance.randint(0, 900)], "penalties": [chance.randint(0, 90)]} if kind == "2021" else {},
        "appeals": [[chance.randint(0, 3) for _ in range(4)] for _ in range(3)],
    }
