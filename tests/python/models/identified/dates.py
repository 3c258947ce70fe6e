"""Years, periods and days of publication; reports that are short."""

from __future__ import annotations

import datetime as dt

from identified.case import Case, who

YEARS_AND_PERIODS = [
    Case(
        "posted_in_a_table_of_bars",
        "索引号： | 2251670/2021-0000073 | 主题分类： | 其他 |\n发布日期： | 2010-01-28 | 效力状态： | |\n"
        "泾县林业局2009年政府信息公开工作年度报告\n统计期限自2009年1月1日起至2009年12月31日止。",
        want=who("泾县林业局", "department", "341823", "county", 2009) | {"published_on": dt.date(2010, 1, 28)},
    ),
    Case(
        "day_before_the_table_that_follows",
        "泾县林业局2016年政府信息公开工作年度报告\n统计期限自2016年1月1日起至2016年12月31日止。",
        "2017年2月20日附表 政府信息公开情况统计表",
        want=who("泾县林业局", "department", "341823", "county", 2016) | {"published_on": dt.date(2017, 2, 20)},
    ),
    Case(
        "first_months_of_the_regulations_in_the_title",
        "岱山县信访局2008年5月至12月政府信息公开工作年度报告\n各单位须于2009年3月31日前公布年度报告。",
        want={"year": 2008, "period_basis": "stated", "period_start": dt.date(2008, 5, 1)},
    ),
    Case(
        "period_from_the_day_that_the_regulations_took_effect",
        "岱山县民政局2008年政府信息公开工作年度报告\n统计期限自2008年5月1日《条例》正式施行之日起至2008年12月31日止。",
        want={"year": 2008, "period_start": dt.date(2008, 5, 1), "period_end": dt.date(2008, 12, 31)},
    ),
    Case(
        "crawl_head_with_labels",
        "标题：2012年政府信息公开工作年度报告\n发布机构：泾县水务局\n发布时间：2013-02-18\n"
        "2012年，我局按照条例推进信息公开。我局现将情况报告如下。",
        self="我局",
        want=who("泾县水务局", "department", "341823", "county", 2012) | {"published_on": dt.date(2013, 2, 18)},
    ),
    Case(
        "crawl_head_in_one_line",
        "标题：泾县司法局2012年政府信息公开工作年度报告 发布机构：泾县司法局 发布时间：2013-02-18 ",
        self="我局",
        in_one_line=True,
        want=who("泾县司法局", "department", "341823", "county", 2012) | {"published_on": dt.date(2013, 2, 18)},
    ),
    Case(
        "no_title_but_the_six_headings",
        "本报告由泾县教育局编制，统计期限为2021年1月1日至2021年12月31日。",
        body="一、总体情况\n2021年，我局主动公开政府信息48条，我局收到公开申请2件。\n"
        "二、主动公开政府信息情况\n制发规范性文件0件。\n"
        "三、收到和处理政府信息公开申请情况\n新收申请2件，予以公开2件。\n"
        "四、政府信息公开行政复议、行政诉讼情况\n没有发生。\n"
        "五、存在的主要问题及改进情况\n更新不够及时。\n六、其他需要报告的事项\n无。",
        want=who("泾县教育局", "department", "341823", "county", 2021),
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
]

SHORT_REPORTS = [
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
