"""Whose report and of when: invented reports of real places from all over the country, in the ways that titles,
preambles and signatures name them, and other documents that lie in the same folders. One build for all of them."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from tests.python.conftest import ROOT, gongkai_environment, run_gongkai

BODY = """一、主动公开情况
{self}全年主动公开政府信息48条，其中动态类30条。
二、依申请公开情况
本年度没有收到政府信息公开申请。
三、收费情况
未收取费用。
四、复议和诉讼情况
没有发生行政复议、行政诉讼。
五、存在的问题和改进
更新不够及时，今后将加强培训。
"""


@dataclass(frozen=True)
class Case:
    """One invented document: the lines around the common body, and what must be told of it."""

    name: str
    head: str
    tail: str = ""
    self: str = "我们"
    want: dict[str, object] = field(default_factory=dict)
    body: str = BODY
    manifest: str = ""
    in_one_line: bool = False

    @property
    def text(self) -> str:
        """The whole document."""
        line_break = "" if self.in_one_line else "\n"
        return f"{self.head}{line_break}{self.body.replace('{self}', self.self)}{self.tail}\n"


def who(
    agency: str | None, kind: str | None, region: str | None, level: str | None, year: int | None
) -> dict[str, object]:
    """The answer of a case."""
    return {"agency_name": agency, "agency_kind": kind, "region_code": region, "level_code": level, "year": year}


REPORTS = [
    # --- governments
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
    # --- townships
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
    # --- departments
    Case(
        "branch_office_of_a_district",
        "厦门市公安局思明分局2018年政府信息公开工作年度报告",
        want=who("厦门市公安局思明分局", "department", "350203", "county", 2018),
    ),
    Case(
        "public_security_is_a_county_too",
        "荆州市公安局2018年政府信息公开工作年度报告",
        want=who("荆州市公安局", "department", "421000", "prefecture", 2018),
    ),
    Case(
        "bureau_signed_by_its_office",
        "2012年度政府信息公开工作年度报告",
        "淮滨县畜牧局办公室",
        want=who("淮滨县畜牧局", "department", "411527", "county", 2012),
    ),
    Case(
        "name_that_begins_like_a_verb",
        "2012年度政府信息公开工作年度报告",
        "将乐县水利局\n2013年1月9日",
        want=who("将乐县水利局", "department", "350428", "county", 2012),
    ),
    Case(
        "bureau_known_by_its_contact",
        "2012年度政府信息公开工作年度报告\n如有疑问请与淮滨县畜牧局办公室联系。我局欢迎监督。",
        self="我局",
        want=who("淮滨县畜牧局", "department", "411527", "county", 2012),
    ),
    Case(
        "department_of_county",
        "鄂温克族自治旗民族事务委员会2024年政府信息公开工作年度报告",
        want=who("鄂温克族自治旗民族事务委员会", "department", "150724", "county", 2024),
    ),
    Case(
        "department_title_in_two_lines",
        "九原区民族事务委员会\n2025年政府信息公开工作年度报告\n联系电话：0472-6931234",
        want=who("九原区民族事务委员会", "department", "150207", "county", 2025),
    ),
    Case(
        "department_self_named",
        "市审计局2013年政府信息公开工作年度报告\n按照衢州市政府的要求编制，电话0570-3081234，邮编324000，见衢州市政府网站。",
        self="我局",
        want=who("衢州市审计局", "department", "330800", "prefecture", 2013),
    ),
    Case(
        "department_in_signature_only",
        "2017年政府信息公开工作年度报告\n根据《条例》编制。",
        "岳西县林业局\n2018年2月1日",
        self="我局",
        want=who("岳西县林业局", "department", "340828", "county", 2017),
    ),
    Case(
        "county_title_signed_by_department",
        "岳西县2017年政府信息公开工作年度报告\n我局按照要求编制，我局对报告负责。",
        "岳西县水利局\n2018年2月1日",
        self="我局",
        want=who("岳西县水利局", "department", "340828", "county", 2017),
    ),
    Case(
        "tax_office",
        "国家税务总局嘉兴市税务局2019年政府信息公开工作年度报告",
        want=who("国家税务总局嘉兴市税务局", "department", "330400", "prefecture", 2019),
    ),
    Case(
        "office_of_government",
        "阿坝州人民政府办公室2019年政府信息公开工作年度报告",
        want={"agency_kind": "department", "region_code": "513200", "level_code": "prefecture", "year": 2019},
    ),
    Case(
        "mass_organisation",
        "榆林市总工会2020年政府信息公开工作年度报告",
        want=who("榆林市总工会", "other", "610800", "prefecture", 2020),
    ),
    Case(
        "ministry",
        "国家税务总局2010年政府信息公开年度报告",
        want=who("国家税务总局", "department", None, "national", 2010),
    ),
    Case(
        "ministry_with_country",
        "中华人民共和国交通运输部\n2016年政府信息公开工作年度报告",
        want=who("中华人民共和国交通运输部", "department", None, "national", 2016),
    ),
    Case(
        "zone",
        "来凤经济开发区2018年政府信息公开年度报告\n恩施州来凤县，电话0718-6281234",
        want={"agency_kind": "government", "level_code": "county", "year": 2018},
    ),
    Case(
        "preamble_copied_from_another",
        "景东县教育体育局2023年政府信息公开工作年度报告\n现将景东县水务局2023年政府信息公开情况报告如下。",
        "景东县教育体育局\n2024年1月10日",
        want=who("景东县教育体育局", "department", "530823", "county", 2023),
    ),
    Case(
        "name_hijacked_and_unsigned",
        "某某体育官网2014年政府信息公开年度报告\n某某体育官网编制了本报告。",
        self="我局",
        want={"agency_name": None, "region_code": None, "year": 2014},
    ),
    Case(
        "manifest_wins",
        "岱山县信访局2018年政府信息公开工作年度报告\n发布时间：2019-02-01",
        "岱山县信访局\n2019年1月20日",
        want=who("岱山县农业农村局", "department", "330921", "county", 2019)
        | {"published_on": dt.date(2020, 1, 8), "agency_source": "manifest", "published_evidence": "manifest"},
        manifest="岱山县农业农村局,2019,2020-01-08",
    ),
    Case(
        "manifest_names_the_town",
        "2018年政府信息公开工作年度报告",
        want=who("岱山县衢山镇人民政府", "government", "330921106", "township", 2018),
        manifest="岱山县衢山镇人民政府,,",
    ),
    # --- years and periods
    Case(
        "first_months_of_the_regulations_in_the_title",
        "岱山县信访局2008年5月至12月政府信息公开工作年度报告\n各单位须于2009年3月31日前公布年度报告。",
        want={"year": 2008, "period_basis": "stated", "period_start": dt.date(2008, 5, 1)},
    ),
    Case(
        "wrong_year_in_preamble",
        "天台县财政局2016年政府信息公开工作年度报告\n统计期限为2015年1月1日至2015年12月31日。\n2016年我局认真落实要求，2016年举办培训2次。",
        "天台县财政局\n2017年2月3日",
        want={"year": 2016, "period_basis": "assumed", "period_start": dt.date(2016, 1, 1)},
    ),
    Case(
        "no_year_in_title",
        "庆元县司法局政府信息公开工作年度报告\n数据统计期限从2013年1月1日起到2013年12月20日止。",
        "庆元县司法局\n2013年12月27日",
        want={"year": 2013, "period_end": dt.date(2013, 12, 20), "published_on": dt.date(2013, 12, 27)},
    ),
    Case(
        "period_in_chinese_digits",
        "蒙自市水务局二〇一七年政府信息公开工作年度报告\n统计期限自二〇一七年一月一日起至二〇一七年十二月三十一日止。",
        "二〇一八年一月三十日",
        want={
            "year": 2017,
            "period_start": dt.date(2017, 1, 1),
            "period_end": dt.date(2017, 12, 31),
            "period_basis": "stated",
            "published_on": dt.date(2018, 1, 30),
        },
    ),
    Case(
        "period_by_months",
        "太湖县审计局2014年政府信息公开工作年度报告\n统计时间为2014年1月至12月。",
        want={"year": 2014, "period_basis": "stated", "period_end": dt.date(2014, 12, 31)},
    ),
    Case(
        "period_with_dots",
        "武冈市民政局2018年政府信息公开工作年度报告\n统计期限：2018.01.01-2018.12.31。",
        want={"year": 2018, "period_basis": "stated", "period_end": dt.date(2018, 12, 31)},
    ),
    Case(
        "first_year_of_the_regulations",
        "浦江县2008年政府信息公开工作年度报告\n数据统计期限为2008年5月1日至2008年12月31日。",
        want={"year": 2008, "period_start": dt.date(2008, 5, 1), "period_basis": "stated"},
    ),
    Case(
        "posted_before_its_year_ended",
        "发布时间：2015-03-02 来源：办公室\n遂昌县文化局2020年政府信息公开工作年度报告",
        "遂昌县文化局\n2021年1月20日",
        want={"year": 2020, "published_on": dt.date(2021, 1, 20)},
    ),
    Case(
        "a_day_and_time_alone_under_the_title",
        "天长市司法局2020年政府信息公开工作年度报告\n2021-01-26 09:42\n统计期限为2020年1月1日至2020年12月31日。",
        want={"year": 2020, "published_on": dt.date(2021, 1, 26), "published_evidence": "signature"},
    ),
    Case(
        "a_time_of_day_right_after_a_day_of_one_digit",
        "天长市水利局2020年政府信息公开工作年度报告\n2021/2/3 10:05:30",
        want={"year": 2020, "published_on": dt.date(2021, 2, 3)},
    ),
    Case(
        "a_day_and_time_before_where_it_comes_from",
        "天长市民政局2022年政府信息公开工作年度报告\n2023-02-06 16:03:11 来源：市民政局 访问量：87",
        want={"year": 2022, "published_on": dt.date(2023, 2, 6)},
    ),
    Case(
        "subdistrict_called_after_a_street_of_a_district_name",
        "海州街街道办事处2021年政府信息公开工作年度报告",
        want={"agency_name": "海州街街道办事处", "level_code": "township", "region_code": None, "year": 2021},
    ),
    # --- short reports
    Case(
        "one_section_and_no_preamble",
        "含山县水利局2020年度政府信息公开工作年度报告",
        body="一、总体情况\n本年度在县门户网站发布各类信息37条，其中动态21条。",
        want=who("含山县水利局", "department", "340522", "county", 2020),
    ),
    Case(
        "one_section_without_a_figure",
        "含山县司法局2020年度政府信息公开工作年度报告",
        body="一、存在的问题和改进措施\n网页栏目更新偏慢，明年将安排专人维护。",
        want=who("含山县司法局", "department", "340522", "county", 2020),
    ),
    Case(
        "preamble_and_next_to_nothing",
        "含山县审计局2020年度政府信息公开工作年度报告",
        body="依照条例编制本报告，统计期限为2020年1月1日至12月31日。\n本局人员少，来人来函不多，无特别事项。",
        want=who("含山县审计局", "department", "340522", "county", 2020) | {"period_basis": "stated"},
    ),
    Case(
        "all_in_one_line",
        "灵璧县冯庙镇人民政府 关于2017年度政府信息公开工作的报告"
        " 根据条例要求，现将我镇2017年度政府信息公开工作情况报告如下。",
        body=" 一、主动公开情况 全年公开信息48 条，其中动态30 条。 二、依申请公开情况 没有收到申请。"
        " 三、收费情况 未收费。 四、复议和诉讼情况 没有发生。"
        " 五、存在的问题 更新不够及时，今后将加强培训。 灵璧县冯庙镇人民政府 2018年1月15日",
        in_one_line=True,
        want=who("冯庙镇人民政府", "government", "341323112", "township", 2017)
        | {"published_on": dt.date(2018, 1, 15)},
    ),
    Case(
        "all_in_one_line_with_blanks_beside_figures",
        "灵璧县财政局 2017 年政府信息公开工作年度报告 2017 年，我局按照条例要求，认真做好政府信息公开工作。",
        body=" 一、概述 全年主动公开政府信息 48 条，其中动态类 30 条，政策文件类 18 条，均在县政府门户网站发布。"
        " 二、依申请公开 2017 年没有收到申请。 三、存在的问题 更新不够及时，今后将加强培训。",
        in_one_line=True,
        want=who("灵璧县财政局", "department", "341323", "county", 2017),
    ),
]

OTHERS = {
    "title_and_file": "含山县水利局2020年政府信息公开工作年度报告\n附件：含山县水利局2020年年报.doc\n点击下载\n",
    "title_preamble_and_file": """含山县水利局2020年政府信息公开工作年度报告
根据条例，现将我局年度报告公布，统计期限为2020年1月1日至12月31日，全文见附件。
附件：年报.pdf
""",
    "few_links": "政府信息公开年报\n含山县2018年政府信息公开工作年度报告 2019-01-22\n"
    "含山县2019年政府信息公开工作年度报告 2020-01-20\n含山县2020年政府信息公开工作年度报告 2021-01-25\n",
    "headings_to_be_filled": """含山县____局2020年政府信息公开工作年度报告
一、总体情况
二、主动公开政府信息情况
三、收到和处理政府信息公开申请情况
四、行政复议、行政诉讼情况
五、存在的主要问题及改进情况
""",
    "circular_on_reports": "含山县关于2020年政府信息公开工作年度报告编制情况的通报\n一、总体情况\n"
    "全县38个单位主动公开年度报告38份。\n二、存在的问题\n个别单位报送不及时，内容不完整。\n",
    "rules_on_reports": "含山县政府信息公开工作年度报告制度（试行）\n一、主动公开情况\n"
    "年度报告应当写明主动公开政府信息的数量。\n二、依申请公开情况\n年度报告应当写明收到申请的数量和答复情况。\n",
    "guide_with_sections": "含山县水利局政府信息公开指南\n一、主动公开\n本局通过门户网站公开各类信息，网址另见。\n"
    "二、依申请公开\n申请人填写申请表，本局20个工作日内答复。\n",
    "notice": """阿坝州人民政府办公室
关于做好2017年政府信息公开工作年度报告
编制和公布工作的通知
各县（市）人民政府：
现就做好年度报告编制和公布工作有关事项通知如下。
一、报告应包括主动公开、依申请公开、收费、复议和诉讼、存在的问题等内容。
""",
    "notice_with_form": "关于报送2018年度政府信息公开年度报告的通知\n各乡镇、各部门：\n" + BODY,
    "guide": """泾县政府信息公开指南
一、主动公开
公开范围和公开形式。
二、依申请公开
申请人提交申请表，受理机关登记。
""",
    "catalogue": "某市财政局政府信息公开目录\n1.机构职能\n2.财政预算\n3.收费项目\n",
    "links": "政府信息公开年报\n" + "".join(f"某县{year}年政府信息公开工作年度报告\n" for year in range(2009, 2019)),
    "format": """中华人民共和国政府信息公开工作年度报告格式
一、总体情况
二、主动公开政府信息情况
三、收到和处理政府信息公开申请情况
""",
    "readme": "# Reports\nPut the annual reports of 2016 here.\n",
    "website_report": "某县政府网站工作年度报表（2019年度）\n网站名称：某县人民政府\n信息发布总数：2000条\n",
    "half_a_year": "淮滨县畜牧局2012年上半年政府信息公开工作总结\n" + BODY,
    "inspection": "淮滨县畜牧局政府信息公开工作自查报告\n" + BODY,
    "rule_of_law": """泾县2020年法治政府建设年度报告
一、主要举措和成效
举办培训3次。
二、存在的问题
三、下一步打算
""",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What the models tell of each document. Files are called by numbers, so that their names tell nothing."""
    folder = tmp_path_factory.mktemp("reports")
    published = tmp_path_factory.mktemp("warehouse") / "gongkai.duckdb"
    stems: dict[str, str] = {}
    manifest = folder.with_suffix(".csv")
    rows = [f"{number:03}.txt,{case.manifest}\n" for number, case in enumerate(REPORTS) if case.manifest]
    manifest.write_text("path,agency,year,published_on\n" + "".join(rows), encoding="utf-8")
    for number, (name, text) in enumerate([(case.name, case.text) for case in REPORTS] + list(OTHERS.items())):
        stems[f"{number:03}.txt"] = name
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    done = run_gongkai("ingest", folder, "--manifest", manifest, published=published)
    assert done.returncode == 0, done.stderr
    built = subprocess.run(
        [
            *(Path(sys.executable).with_name("dbt"), "build", "--quiet", "--target-path", folder / "target"),
            *("--select", "+int_reports_identified", "--indirect-selection", "cautious"),
            *("--exclude", "test_type:unit"),
        ],
        cwd=ROOT,
        env=gongkai_environment(published) | {"PATH": os.environ["PATH"]},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert built.returncode == 0, built.stdout
    with duckdb.connect(str(published.with_name("gongkai.work.duckdb")), read_only=True) as connection:
        cursor = connection.execute(
            "select documents.source_file, classified.document_class, classified.class_reason, identified.* "
            "from staging.stg_raw__documents as documents "
            "inner join intermediate.int_documents_classified as classified using (document_id) "
            "left join intermediate.int_reports_identified as identified using (document_id)"
        )
        names = [column[0] for column in cursor.description]
        return {stems[Path(row[0]).name]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


@pytest.mark.parametrize("case", REPORTS, ids=lambda case: case.name)
def test_report(told: dict[str, dict[str, object]], case: Case) -> None:
    found = told[case.name]
    assert found["document_class"] == "annual_report", found["class_reason"]
    assert {key: found[key] for key in case.want} == case.want, found


@pytest.mark.parametrize("name", OTHERS)
def test_other_document(told: dict[str, dict[str, object]], name: str) -> None:
    assert told[name]["document_class"] == "other", told[name]["class_reason"]
