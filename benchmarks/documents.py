"""The text of one made-up report: real places, invented figures, every generation of the form."""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "samples"))
import forms  # noqa: E402 - the forms as the samples fill them

Parts = list[tuple[str, Any]]
Grid = list[list[tuple[str, int, int]]]

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
    "主要负责同志每半年听取一次汇报，分管负责同志按月调度，遇有疑难件当面会商。",
    "凡公文起草，先填公开属性，不予公开的写明依据，由法制人员核过再送签。",
    "与档案馆、图书馆约定移送办法，纸质公报按期上架，过刊可以复印带走。",
    "涉及群众切身利益的事项，草案连同说明一并挂网，收集到的意见逐条回应。",
    "网站适老化改造已经完成，放大、读屏、去干扰几项功能经试用后投入使用。",
]
_SAID = [
    "政策文件印发后{a}个工作日内配发解读材料，全年共发布解读稿件{b}篇，其中图解{c}篇、负责人解读{a}篇。",
    "政务微博发布信息{b}条，微信公众号推送{d}期，关注人数达到{e}人，比{last}年底多{d}人。",
    "受理网上咨询{b}件、12345热线转来{d}件，办结率{share}%，平均用时{a}.{c}天。",
    "向{last}年建成的{a}个查阅点送去资料{d}份；{last}年为{b}份。",
    "全镇（街道）{c}个村的村务公开栏更新{b}次，所属单位公开{d}条，不计入前述总数。",
    "回应公众关注热点或重大舆情{c}次；组织在线访谈{a}期，参加人员{d}人次。",
    "清理规范性文件{d}件，继续有效{b}件，废止{c}件，宣布失效{a}件。",
    "建议提案办理结果公开{c}件，占应公开数的{share}%。",
    "自条例施行以来累计公开{e}条，其中{year}年{d}条。",
    "公示行政许可{d}件、行政处罚{b}件，行政事业性收费项目{a}项。",
]


@dataclass(frozen=True, slots=True)
class Agency:
    """Whose report it is, with its region's code."""

    name: str
    region_code: str


_SPANS = ((2, 20, 3, 60, 2_000), (9, 400, 19, 900, 90_000))
"""From where to where the numbers of sentences go."""
_DAMAGED = 0.15
"""The share of reports whose tables are not as the form has them: labels torn, figures with words, cells emptied."""


def damage(chance: random.Random) -> Callable[[Grid], Grid]:
    """What happens to the tables of a report: nothing to most, one thing all over to the others."""
    if chance.random() >= _DAMAGED:
        return lambda grid: grid
    harm = chance.choice((_torn, _with_words, _wide, _emptied))

    def changed(text: str, row: int, column: int) -> str:
        return harm(text, chance) if row and chance.random() < 0.3 else text

    return lambda grid: [
        [(changed(text, row, column), height, width) for column, (text, height, width) in enumerate(cells)]
        for row, cells in enumerate(grid)
    ]


def _torn(text: str, chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    return text if text.isdigit() else f"{text[:at]} {text[at:]}"


def _with_words(text: str, _: random.Random) -> str:
    return f"{text}件" if text.isdigit() else text


def _wide(text: str, _: random.Random) -> str:
    return text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})


def _emptied(text: str, chance: random.Random) -> str:
    return chance.choice(("", "/", "—")) if text == "0" else text


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
    harm = damage(chance)
    if kind in {"2019", "2021"}:
        for heading, table in (
            ("二、主动公开政府信息情况", forms.table_2),
            ("三、收到和处理政府信息公开申请情况", forms.table_3),
            ("四、政府信息公开行政复议、行政诉讼情况", forms.table_4),
        ):
            parts += [("heading", heading), ("table", harm(table(form)[0]))]
    parts += [("heading", "五、存在的主要问题及改进情况")]
    parts += [
        ("paragraph", f"（{number}）{text}") for number, text in zip("一二三", chance.sample(_FILLER, 3), strict=True)
    ]
    parts += [("heading", "六、其他需要报告的事项"), ("paragraph", "本年度未收取任何费用，没有其他需要报告的事项。")]
    if kind == "2014":
        parts += [("heading", "政府信息公开情况统计表"), ("table", harm(forms.form_2014(form)[0]))]
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
    named = {
        **{letter: chance.randint(low, high) for letter, low, high in zip("abcde", *_SPANS, strict=True)},
        **{"year": year, "last": year - 1, "share": chance.randint(60, 100)},
    }
    told = [sentence.format(**named) for sentence in chance.sample(_SAID, 4)]
    return [
        f"（一）主动公开。{year}年主动公开政府信息{total}条，"
        f"其中政府网站公开{site}条，同比增长{chance.randint(1, 40)}%。",
        f"按内容分，{kinds}。" + "".join(chance.sample(_FILLER, 3)),
        *(said + "".join(chance.sample(_FILLER, 2)) for said in told),
        f"（二）依申请公开。{applied}",
        "未发生因政府信息公开引起的行政复议、行政诉讼和举报投诉。",
        f"（三）监督保障。举办培训班{chance.randint(1, 6)}期，{chance.randint(20, 300)}人次参加；"
        f"召开专题会议{chance.randint(1, 5)}次，配备兼职人员{chance.randint(1, 20)}名。",
        "".join(chance.sample(_FILLER, 3)),
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
