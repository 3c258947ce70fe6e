"""Reports whose body or place only the page around them tells."""

from __future__ import annotations

import datetime as dt

from identified.case import Case, Page, who

TITLE = "2013年政府信息公开工作年度报告"
INTRO = "本报告根据《条例》编制，统计期限为2013年1月1日至12月31日。"
OFFICE = INTRO + "我局由办公室负责此项工作，我局网站设有专栏。"

PAGES = [
    Case(
        "township_by_breadcrumb",
        f"永兴镇{TITLE}\n{INTRO}",
        want=who("永兴镇人民政府", "government", "350722106", "township", 2013),
        page=Page(breadcrumb="首页 > 浦城县 > 永兴镇 > 年度报告"),
    ),
    Case(
        "township_by_the_foot_of_the_page",
        f"青山镇{TITLE}\n{INTRO}",
        want=who("青山镇人民政府", "government", "341524102", "township", 2013),
        page=Page(title=f"青山镇{TITLE}_信息公开", foot="主办：金寨县人民政府 皖ICP备05001234号"),
    ),
    Case(
        "autonomous_prefecture_in_full_at_the_foot",
        f"黔南州教育局{TITLE}\n{INTRO}",
        self="我局",
        want=who("黔南布依族苗族自治州教育局", "department", "522700", "prefecture", 2013),
        page=Page(foot="主办：黔南布依族苗族自治州教育局　网站地图"),
    ),
    Case(
        "autonomous_prefecture_by_its_short_name_only",
        f"黔南州民政局{TITLE}\n{INTRO}",
        self="我局",
        want=who("黔南州民政局", "department", "522700", "prefecture", 2013),
        page=Page(foot="主办：黔南州民政局"),
    ),
    Case(
        "day_behind_a_label_that_follows_an_empty_one",
        f"泾县审计局{TITLE}\n{INTRO}",
        self="我局",
        want={"published_on": dt.date(2014, 1, 22)},
        page=Page(byline="文号：　　生成日期：2014-01-22　　公开方式：主动公开"),
    ),
    Case(
        "township_of_which_no_page_tells",
        f"石桥镇{TITLE}\n{INTRO}",
        want=who("石桥镇人民政府", "government", None, "township", 2013),
        page=Page(breadcrumb="首页 > 政务公开 > 年度报告"),
    ),
    Case(
        "department_by_breadcrumb",
        f"{TITLE}\n{OFFICE}",
        want=who("泾县审计局", "department", "341823", "county", 2013),
        page=Page(breadcrumb="首页 > 信息公开 > 县审计局 > 年度报告", foot="主办单位：泾县人民政府办公室"),
    ),
    Case(
        "department_by_breadcrumb_that_the_text_does_not_bear_out",
        f"{TITLE}\n{OFFICE.replace('我局', '我委')}",
        want={"agency_name": None},
        page=Page(breadcrumb="首页 > 信息公开 > 县审计局 > 年度报告", foot="主办单位：泾县人民政府办公室"),
    ),
    Case(
        "department_by_the_title_of_the_page",
        f"{TITLE}\n{OFFICE}",
        want=who("泾县林业局", "department", "341823", "county", 2013),
        page=Page(title=f"{TITLE}_泾县林业局"),
    ),
    Case(
        "department_by_address",
        f"{TITLE}\n{OFFICE}泾县的审计公告和审计结果都在网上公开，联系电话0563-5102345。",
        "泾县审计结果公告栏同时公开。",
        want=who("泾县审计局", "department", "341823", "county", 2013),
        page=Page(address="http://www.example.com/sjj/xxgk/1.html", foot="主办单位：泾县人民政府办公室"),
    ),
    Case(
        "department_by_address_that_the_text_does_not_bear_out",
        f"{TITLE}\n{OFFICE}联系电话0563-5102345。",
        want={"agency_name": None},
        page=Page(address="http://www.example.com/czj/xxgk/1.html", foot="主办单位：泾县人民政府办公室"),
    ),
    Case(
        "day_of_the_byline",
        f"泾县林业局{TITLE}\n{INTRO}",
        want=who("泾县林业局", "department", "341823", "county", 2013) | {"published_on": dt.date(2014, 1, 27)},
        page=Page(byline="日期：2014-01-27　来源：县林业局　作者：办公室　【字体：大 中 小】"),
    ),
]
