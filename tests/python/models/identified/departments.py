"""Reports of departments and other bodies."""

from __future__ import annotations

import datetime as dt

from identified.case import Case, Page, who

DEPARTMENTS = [
    Case(
        "preamble_quotes_the_title",
        "根据条例，现公布《金寨县民政局2018年政府信息公开工作年度报告》。\n一年来的情况如下。",
        self="我局",
        want=who("金寨县民政局", "department", "341524", "county", 2018),
    ),
    Case(
        "preamble_says_drawn_up",
        "根据条例，制定了金寨县林业局2018年度政府信息公开年度报告，统计期限自2018年1月1日起至12月31日止。",
        self="我局",
        want=who("金寨县林业局", "department", "341524", "county", 2018),
    ),
    Case(
        "preamble_says_in_view_of",
        "根据条例，结合浦城县水利局2014年政府信息公开工作实际情况，编制2014年度政府信息公开年度报告如下。",
        self="我局",
        want=who("浦城县水利局", "department", "350722", "county", 2014),
    ),
    Case(
        "zone_without_its_place",
        "2020年政府信息公开工作年度报告\n统计期限自2020年1月1日起至2020年12月31日。请与经济开发区管委会党政办公室联系。",
        self="管委会",
        want={"agency_name": None, "level_code": None, "year": 2020},
    ),
    Case(
        "zone_by_a_short_name_that_the_text_gives_in_full",
        "绵竹高新技术产业园区管理委员会2020年政府信息公开工作年度报告\n根据绵竹市委、市政府的要求，编制本报告。",
        self="我委",
        want={"agency_name": "绵竹高新技术产业园区管理委员会", "region_code": "510683", "year": 2020},
    ),
    Case(
        "an_office_within_the_bureau_answers_calls",
        "根据条例编制2013年度政府信息公开工作年度报告。如有疑问，请联系吉林市公安局行政审批办公室。\n2013年，我局认真落实条例。",
        "2014年1月20日",
        self="2013年，我局",
        want=who("吉林市公安局", "department", "220200", "prefecture", 2013),
    ),
    Case(
        "zone_that_is_only_asked_to_be_called",
        "本报告统计期限为2022年1月1日至2022年12月31日。如有疑问，请与安徽舒城经济开发区综合办公室联系。",
        self="开发区",
        want={"agency_name": "安徽舒城经济开发区管理委员会"},
    ),
    Case(
        "short_name_in_the_title_that_the_opening_gives_in_full",
        "金寨县卫健委2020年政府信息公开工作年度报告\n现将金寨县卫生健康委员会2020年政府信息公开工作情况报告如下。",
        want=who("金寨县卫生健康委员会", "department", "341524", "county", 2020),
    ),
    Case(
        "short_name_in_the_title_that_the_signature_gives_in_full",
        "泾县住建局2016年政府信息公开工作年度报告",
        "泾县住房和城乡建设局\n2017年1月9日",
        self="我局",
        want=who("泾县住房和城乡建设局", "department", "341823", "county", 2016),
    ),
    Case(
        "management_left_out_in_the_title",
        "泾县应急局2020年政府信息公开工作年度报告\n现将泾县应急管理局2020年政府信息公开工作情况报告如下。",
        self="我局",
        want=who("泾县应急管理局", "department", "341823", "county", 2020),
    ),
    Case(
        "the_body_that_took_its_place_in_the_opening",
        "泾县农业局2018年政府信息公开工作年度报告\n本报告由泾县农业农村局编制。",
        self="我局",
        want=who("泾县农业局", "department", "341823", "county", 2018),
    ),
    Case(
        "short_name_in_the_title_and_another_body_in_the_opening",
        "泾县住建局2016年政府信息公开工作年度报告\n本报告由泾县住房保障中心编制。",
        self="我局",
        want=who("泾县住建局", "department", "341823", "county", 2016),
    ),
    Case(
        "housing_fund",
        "荆州市住房公积金中心2018年政府信息公开工作年度报告",
        want=who("荆州市住房公积金中心", "other", "421000", "prefecture", 2018),
    ),
    Case(
        "university_called_after_its_city",
        "扬州大学2017-2018学年信息公开工作年度报告\n统计期限为2017年9月1日至2018年8月31日。",
        want={"agency_name": "扬州大学", "agency_kind": "other", "level_code": "province"},
    ),
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
        "basin_commission_of_a_ministry",
        "水利部珠江水利委员会2014年政府信息公开工作年度报告",
        want=who("水利部珠江水利委员会", "department", None, "national", 2014),
    ),
    Case(
        "name_after_the_year_in_the_preamble",
        "根据条例要求，特向社会公布2019年度芜湖市公安局弋江分局政府信息公开工作年度报告。\n本年报由总体情况等部分组成。",
        self="我局",
        want={"agency_name": "芜湖市公安局弋江分局", "year": 2019},
    ),
    Case(
        "bureau_known_by_its_own_rules",
        "现将我局2010年度政府信息公开情况报告如下。\n我局修订了《浦城县旅游局政府信息公开保密审查制度》。",
        self="我局",
        want={"agency_name": "浦城县旅游局", "agency_kind": "department", "year": 2010},
    ),
    Case(
        "bureau_known_by_its_own_site",
        "现将2010年度政府信息公开情况报告如下。\n浦城县交通运输局网站主动公开信息31条，我局认真落实条例。",
        self="我局",
        want={"agency_name": "浦城县交通运输局", "agency_kind": "department", "year": 2010},
    ),
    Case(
        "zone",
        "来凤经济开发区2018年政府信息公开年度报告\n恩施州来凤县，电话0718-6281234",
        want={"agency_name": "来凤经济开发区管理委员会", "agency_kind": "other", "level_code": "county", "year": 2018},
    ),
    Case(
        "zone_by_the_short_name_of_its_committee",
        "滁州经济技术开发区管委会2016年政府信息公开工作年度报告",
        self="管委会",
        want={
            "agency_name": "滁州经济技术开发区管理委员会",
            "agency_kind": "other",
            "agency_key": "341172|管理委员会",
        },
    ),
    Case(
        "zone_by_the_full_name_of_its_committee",
        "滁州经济技术开发区管理委员会2017年政府信息公开工作年度报告",
        want={
            "agency_name": "滁州经济技术开发区管理委员会",
            "agency_kind": "other",
            "agency_key": "341172|管理委员会",
        },
    ),
    Case(
        "zone_without_its_committee",
        "滁州经济技术开发区2018年政府信息公开工作年度报告",
        want={"agency_kind": "other", "agency_key": "341172|管理委员会"},
    ),
    Case(
        "university_of_a_school_year",
        "贵州财经大学2013-2014学年信息公开工作年度报告\n统计期限为2013年9月1日至2014年8月31日。",
        "2014年10月30日",
        self="学校",
        want=who("贵州财经大学", "other", "520000", "province", 2014)
        | {
            "period_start": dt.date(2013, 9, 1),
            "period_end": dt.date(2014, 8, 31),
            "period_basis": "stated",
            "published_on": dt.date(2014, 10, 30),
        },
    ),
    Case(
        "college_of_a_school_year_with_its_day_in_the_byline",
        "滁州职业技术学院2018—2019学年度信息公开年度报告\n本报告统计期限为2018年9月1日至2019年8月31日。",
        self="学院",
        page=Page(byline="作者：党政办　时间：2019-10-28　点击数：77"),
        want=who("滁州职业技术学院", "other", "341100", "prefecture", 2019) | {"published_on": dt.date(2019, 10, 28)},
    ),
    Case(
        "branch_office_by_its_short_name",
        "镜湖公安分局2015年政府信息公开工作年度报告",
        "芜湖市公安局镜湖分局\n2016年1月15日",
        self="我局",
        want=who("芜湖市公安局镜湖分局", "department", "340202", "county", 2015),
    ),
    Case(
        "branch_office_that_says_its_bureau_only_below",
        "椒江分局2015年政府信息公开工作年度报告",
        "台州市公安局椒江分局\n2016年1月15日",
        self="我局",
        want=who("台州市公安局椒江分局", "department", "331002", "county", 2015),
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
]
