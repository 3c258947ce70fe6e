"""Reports of governments, from counties up, and of townships and subdistricts."""

from __future__ import annotations

import datetime as dt

from identified.case import Case, who

GOVERNMENTS = [
    Case(
        "gathered_by_the_leading_group",
        "本报告由南平市人民政府信息公开工作领导小组办公室根据条例汇总各县（市、区）、各部门情况编制而成。"
        "统计时限自2012年1月1日至2012年12月31日。",
        self="全市",
        want=who("南平市人民政府", "government", "350700", "prefecture", 2012) | {"scope": "aggregate"},
    ),
    Case(
        "county_as_region_only",
        "泾县2012年政府信息公开工作年度报告\n本报告数据统计期限自2012年1月1日至2012年12月31日。",
        "泾县人民政府办公室\n2013年3月5日",
        want=who("泾县人民政府", "government", "341823", "county", 2012)
        | {"period_start": dt.date(2012, 1, 1), "period_basis": "stated", "published_on": dt.date(2013, 3, 5)},
    ),
    Case(
        "autonomous_county_by_short_name",
        "三江县人民政府关于2015年政府信息公开工作情况的报告\n统计时限为2015年1月1日至12月31日，联系电话0772-8612345。",
        "三江侗族自治县人民政府\n二〇一六年三月十日",
        want=who("三江侗族自治县人民政府", "government", "450226", "county", 2015)
        | {"published_on": dt.date(2016, 3, 10)},
    ),
    Case(
        "prefecture_autonomous",
        "恩施土家族苗族自治州人民政府\n二〇一三年政府信息公开工作年度报告",
        "二○一四年三月二十八日",
        want=who("恩施土家族苗族自治州人民政府", "government", "422800", "prefecture", 2013)
        | {"published_on": dt.date(2014, 3, 28)},
    ),
    Case(
        "province",
        "青海省人民政府2018年政府信息公开工作年度报告\n汇总各市州人民政府、省政府各部门的数据编制。",
        want=who("青海省人民政府", "government", "630000", "province", 2018) | {"scope": "aggregate"},
    ),
    Case(
        "county_city_under_prefecture",
        "2019年度义乌市人民政府信息公开年报",
        want=who("义乌市人民政府", "government", "330782", "county", 2019),
    ),
    Case(
        "city_right_under_province",
        "仙桃市2011年政府信息公开年度报告\n联系电话：0728-3212345",
        want=who("仙桃市人民政府", "government", "429004", "county", 2011),
    ),
    Case(
        "district_of_municipality",
        "天津市和平区人民政府2014年政府信息公开工作年度报告",
        want=who("天津市和平区人民政府", "government", "120101", "county", 2014),
    ),
    Case(
        "dissolved_county_in_its_year",
        "崇文区人民政府2008年政府信息公开年度报告\n北京市崇文区，电话010-67112345。",
        want=who("崇文区人民政府", "government", "110103", "county", 2008),
    ),
    Case(
        "county_before_recoding",
        "大方县2009年政府信息公开工作年度报告",
        "大方县人民政府\n2010年3月20日",
        want=who("大方县人民政府", "government", "522422", "county", 2009),
    ),
    Case(
        "county_after_recoding",
        "大方县2016年政府信息公开工作年度报告",
        want=who("大方县人民政府", "government", "520521", "county", 2016),
    ),
    Case(
        "prefecture_of_old",
        "巢湖市人民政府2009年政府信息公开工作年度报告\n汇总居巢区、庐江县、无为县、含山县、和县的情况。",
        want=who("巢湖市人民政府", "government", "341400", "prefecture", 2009),
    ),
    Case(
        "banner",
        "科左中旗人民政府2020年政府信息公开工作年度报告",
        "科尔沁左翼中旗人民政府\n2021年1月25日",
        want={"region_code": "150521", "level_code": "county", "year": 2020, "agency_kind": "government"},
    ),
    Case(
        "ambiguous_district_settled_by_city",
        "鼓楼区2017年政府信息公开工作年度报告\n按照徐州市人民政府办公室的要求编制，联系电话0516-87631234，邮编221005。",
        "鼓楼区人民政府",
        want=who("鼓楼区人民政府", "government", "320302", "county", 2017),
    ),
    Case(
        "ambiguous_district_left_open",
        "鼓楼区2017年政府信息公开工作年度报告",
        "鼓楼区人民政府",
        want=who("鼓楼区人民政府", "government", None, "county", 2017),
    ),
]

TOWNSHIPS = [
    Case(
        "begins_without_title_or_period",
        "一、总体情况\n2021年东花市街道深入贯彻条例，落实《北京市东城区2021年政务公开工作要点》。\n2021年11月办了培训，2021年开会2次。",
        self="2021年，东花市街道",
        want=who("东花市街道办事处", "government", "110101013", "township", 2021),
    ),
    Case(
        "whole_town_is_its_own_level",
        "石桥镇2010年政府信息公开工作年度报告\n汇总全镇情况编制本报告，统计期限为2010年1月1日至12月31日。",
        want={"agency_name": "石桥镇人民政府", "year": 2010, "scope": "own"},
    ),
    Case(
        "town_with_county",
        "平阴县孔村镇2018年度政府信息公开工作年度报告",
        want=who("孔村镇人民政府", "government", "370124104", "township", 2018),
    ),
    Case(
        "ethnic_township",
        "2021年政府信息公开工作年度报告",
        "孙进满族乡人民政府",
        want={"level_code": "township", "year": 2021},
    ),
    Case(
        "town_common_name_by_area_code_and_county",
        "太平镇人民政府2016年政府信息公开年度报告\n报告电子版见宜都市政府网站。",
        "太平镇人民政府\n2017年1月12日",
        want=who("太平镇人民政府", "government", None, "township", 2016),
    ),
    Case(
        "town_common_name_settled",
        "城关镇2014年政府信息公开工作年度报告\n如有疑问请与城关镇党政办联系，电话0931-5212345，皋兰县政府网站可下载。",
        "城关镇人民政府",
        want={"agency_name": "城关镇人民政府", "level_code": "township", "year": 2014},
    ),
    Case(
        "subdistrict_without_office_word",
        "2021年迎宾路街道政府信息公开工作年度报告",
        "迎宾路街道办事处",
        want=who("迎宾路街道办事处", "government", None, "township", 2021),
    ),
    Case(
        "subdistrict_behind_government",
        "成都市武侯区人民政府望江路街道办事处2022年政府信息公开工作年度报告",
        want={"agency_name": "望江路街道办事处", "level_code": "township", "year": 2022, "agency_kind": "government"},
    ),
    Case(
        "town_of_city_without_counties",
        "东莞市虎门镇2015年政府信息公开工作年度报告",
        want=who("虎门镇人民政府", "government", "441900121", "township", 2015),
    ),
    Case(
        "town_under_former_county_name",
        "上虞市崧厦镇2011年政府信息公开工作年度报告",
        want={"agency_name": "崧厦镇人民政府", "level_code": "township", "year": 2011},
    ),
    Case(
        "town_that_no_list_has",
        "富县茶坊镇2010年政府信息公开年度报告",
        want=who("茶坊镇人民政府", "government", None, "township", 2010),
    ),
    Case(
        "office_without_the_word_for_subdistrict",
        "昆明市五华区龙翔办事处2013年政府信息公开工作年度报告",
        want={"agency_name": "龙翔街道办事处", "level_code": "township", "agency_kind": "government"},
    ),
    Case(
        "signed_by_party_and_government",
        "2015年政府信息公开工作年度报告",
        "中共岳西县店前镇委员会岳西县店前镇人民政府\n2016年1月8日",
        want={"agency_name": "店前镇人民政府", "level_code": "township", "year": 2015},
    ),
    Case(
        "subdistrict_settled_by_short_name_of_its_district",
        "北街街道2025年政府信息公开工作年度报告",
        "北街街道办事处",
        self="甘州乡镇动态栏目发布102条，“甘州发布”转载3条，我街道",
        want=who("北街街道办事处", "government", "620702004", "township", 2025),
    ),
]
