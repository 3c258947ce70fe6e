"""公开 Gongkai: who reports, who is late or missing, rates with intervals, outcomes, and the series of a body.

`gongkai notebook` opens it. It reads the published marts and changes nothing; `GONGKAI_WAREHOUSE` names another file.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="公开 Gongkai")


@app.cell
def _():
    import marimo as mo

    from gongkai import notebooks as charts

    book = charts.Notebook()
    mo.stop(bool(book.problem), mo.callout(mo.md(f"没有数据仓库 No warehouse: {book.problem}"), kind="warn"))
    return book, charts, mo


@app.cell
def _(book, mo):
    totals = book.ask(
        """
        select
            (select count(*) from marts.dim_report where is_current) as reports,
            (select count(distinct agency_id) from marts.dim_report where is_current) as agencies,
            (select count(*) from marts.observations where is_selected) as figures,
            (select count(*) from marts.findings) as findings,
            (select max(publication_no) from marts.publications) as publication
        """
    )
    mo.md(
        f"""
        # 公开 Gongkai 政府信息公开年报

        `{book.warehouse.published.name}`，第 {totals["publication"][0]} 次发布：

        **{totals["reports"][0]:,}** 份现行年报，**{totals["agencies"][0]:,}** 个机构，
        **{totals["figures"][0]:,}** 个数字，**{totals["findings"][0]:,}** 条核查发现。

        空值是报告没有写明，不是零。A missing value means that the report does not state it, which is not zero.
        """
    )
    return (totals,)


@app.cell
def _(book):
    # A region is offered where a report lies in it.
    regions = book.ask(
        """
        with places as (
            select unnest([regions.province_code, regions.prefecture_code, regions.county_code]) as region_code
            from marts.dim_report as reports
            inner join marts.dim_region as regions on reports.region_code = regions.region_code
            where reports.is_current
        )
        select distinct
            regions.region_code,
            concat_ws('', regions.province_name, regions.prefecture_name, regions.county_name) as name,
        from places
        inner join marts.dim_region as regions on places.region_code = regions.region_code
        order by regions.region_code
        """
    )
    levels = book.ask(
        """
        select levels.level_code, levels.name_zh as name
        from marts.dim_level as levels
        where levels.level_code in (select level_code from marts.dim_report where is_current)
        order by levels.level_rank
        """
    )
    years = book.ask(
        "select distinct year from marts.dim_report where is_current and year is not null order by year desc"
    )
    indicators = book.ask(
        """
        select metric_code, version, name_zh as name, unit
        from marts.dim_metric
        where metric_code in (select metric_code from marts.metrics where grain = 'region' and value is not null)
        order by unit != 'share', metric_code != 'disclosure_rate', metric_code
        """
    )
    return indicators, levels, regions, years


@app.cell
def _(indicators, levels, mo, regions, years):
    choose_region = mo.ui.dropdown(
        {"全国": ""} | dict(zip(regions["name"], regions["region_code"], strict=True)),
        value="全国",
        label="地区",
        searchable=True,
    )
    choose_level = mo.ui.dropdown(
        {"各级": "all"} | dict(zip(levels["name"], levels["level_code"], strict=True)), value="各级", label="层级"
    )
    latest = [str(year) for year in years["year"]]
    choose_year = mo.ui.dropdown(latest, value=latest[0] if latest else None, label="年度")
    names = dict(zip(indicators["name"], indicators["metric_code"], strict=True))
    choose_indicator = mo.ui.dropdown(names, value=next(iter(names), None), label="指标", searchable=True)
    mo.vstack(
        [
            mo.md("## 选择 Choices"),
            mo.hstack([choose_region, choose_level, choose_year, choose_indicator], wrap=True, justify="start"),
        ]
    )
    return choose_indicator, choose_level, choose_region, choose_year


@app.cell
def _(choose_level, choose_region, choose_year):
    # Which rows are meant by the choices, as a condition on region_code and level_code.
    region, level, year = choose_region.value, choose_level.value, int(choose_year.value or 0)
    place = choose_region.selected_key + ("" if level == "all" else f" {choose_level.selected_key}")
    chosen = """
        ($region = '' or region_code in (
            select region_code from marts.dim_region
            where $region in (province_code, prefecture_code, county_code)
        ))
        and ($level = 'all' or level_code = $level)
    """
    return chosen, level, place, region, year


@app.cell
def _(book, charts, chosen, level, mo, place, region):
    coverage = book.ask(
        f"""
        with counted as (
            select
                year,
                sum(reports_in_time) as in_time,
                sum(reports_late) as late,
                sum(reports_punctuality_unknown) as unknown,
                sum(reports_missing) as missing,
            from marts.coverage
            where {chosen}
            group by year
        )
        select year, case state
            when 'in_time' then '按时' when 'late' then '迟发' when 'unknown' then '时间不明' else '缺失'
        end as state, body_count::bigint as body_count
        from (unpivot counted on in_time, late, unknown, missing into name state value body_count)
        where body_count > 0
        order by year, state
        """,
        region=region,
        level=level,
    )
    coverage_chart = charts.stacked(
        coverage,
        value="body_count",
        by="state",
        colours=charts.PUNCTUALITY,
        title=f"{place}：应当报告的机构",
        axis="机构数",
    )
    mo.vstack([mo.md("## 1. 谁报告了，谁迟了，谁没有？ Who reported, late, or not at all?"), coverage_chart])
    return coverage, coverage_chart


@app.cell
def _(book, chosen, level, mo, region, year):
    late = book.ask(
        f"""
        select
            reports.agency_name as 机构,
            reports.published_on::varchar as 发布日期,
            consistency.days_after_deadline as 迟发天数,
        from marts.dim_report as reports
        inner join marts.report_consistency as consistency on reports.report_id = consistency.report_id
        where reports.is_current and reports.year = $year and consistency.punctuality = 'late'
            and {chosen}
        order by consistency.days_after_deadline desc, reports.agency_name
        """,
        region=region,
        level=level,
        year=year,
    )
    missing = book.ask(
        f"""
        select
            agency_name as 机构,
            missing_since_year::varchar as 自何年缺失,
            coalesce(last_report_year::varchar, '从未') as 上次报告年度,
            case expected_by
                when 'list' then '名单' when 'own_reports' then '其他年度有报告' else '同地区有报告'
            end as 为何应有,
        from marts.missing_reports
        where year = $year and {chosen}
        order by expected_by = 'region', region_code, agency_name
        """,
        region=region,
        level=level,
        year=year,
    )
    mo.vstack(
        [
            mo.md(f"**{year} 年迟发 Late：{len(late)} 个机构**"),
            mo.ui.table(late, selection=None, page_size=8, show_column_summaries=False, show_data_types=False)
            if len(late)
            else mo.md("没有。None."),
            mo.md(f"**{year} 年缺失 Missing：{len(missing)} 个机构**"),
            mo.ui.table(missing, selection=None, page_size=8, show_column_summaries=False, show_data_types=False)
            if len(missing)
            else mo.md("没有。None."),
        ]
    )
    return late, missing


@app.cell
def _(book, choose_indicator, indicators, level, region):
    is_share = bool(
        len(indicators.filter((indicators["metric_code"] == choose_indicator.value) & (indicators["unit"] == "share")))
    )
    rates = book.ask(
        """
        select
            year,
            if($is_share, value, median_value) as value,
            if($is_share, wilson_low::double, lower_quartile::double) as low,
            if($is_share, wilson_high::double, upper_quartile::double) as high,
            report_count as n,
        from marts.metrics
        where grain = 'region' and metric_code = $metric and level_code = $level
            and coalesce(region_code, '') = $region and value is not null
        order by year
        """,
        metric=choose_indicator.value,
        level=level,
        region=region,
        is_share=is_share,
    )
    return is_share, rates


@app.cell
def _(charts, choose_indicator, is_share, mo, place, rates):
    rates_chart = charts.intervals_over_years(
        rates,
        title=f"{place}：{choose_indicator.selected_key}",
        axis="95% 区间" if is_share else "中位数与四分位",
        is_share=is_share,
    )
    what = "每个点是合计比率，竖线是 95% Wilson 区间" if is_share else "每个点是各报告的中位数，竖线是四分位距"
    mo.vstack(
        [
            mo.md("## 2. 比率 Rates, with n and intervals"),
            rates_chart
            if len(rates)
            else mo.callout(mo.md("所选地区和层级没有这个指标。Nothing is stated here."), kind="neutral"),
            mo.md(f"{what}；底部数字是报告数 n。各年的报告不是同一批，所以不连线。"),
        ]
    )
    return (rates_chart,)


@app.cell
def _(book, charts, choose_indicator, is_share, level, mo, region, year):
    compared = book.ask(
        """
        with children as (
            select region_code, name
            from marts.dim_region
            where coalesce(parent_code, '') = if($region = '', '', $region)
                or ($region = '' and region_code = province_code)
        )
        select distinct
            children.name,
            if($is_share, metrics.value, metrics.median_value) as value,
            if($is_share, metrics.wilson_low::double, metrics.lower_quartile::double) as low,
            if($is_share, metrics.wilson_high::double, metrics.upper_quartile::double) as high,
            metrics.report_count as n,
        from marts.metrics as metrics
        inner join children on metrics.region_code = children.region_code
        where metrics.grain = 'region' and metrics.metric_code = $metric and metrics.level_code = $level
            and metrics.year = $year and metrics.value is not null
        order by value desc, name
        limit 40
        """,
        metric=choose_indicator.value,
        level=level,
        region=region,
        year=year,
        is_share=is_share,
    )
    compared_chart = charts.intervals_by_name(
        compared,
        title=f"{year} 年各地：{choose_indicator.selected_key}",
        axis="95% 区间" if is_share else "中位数与四分位",
        is_share=is_share,
    )
    mo.vstack(
        [
            mo.md("## 3. 各地相比 Places compared"),
            compared_chart
            if len(compared)
            else mo.callout(mo.md(f"{year} 年下一级地区没有这个指标。No place below states it."), kind="neutral"),
        ]
    )
    return compared, compared_chart


@app.cell
def _(book, charts, chosen, level, mo, place, region):
    outcomes = book.ask(
        f"""
        with stated as (
            select facts.*
            from marts.fct_applications as facts
            -- A report whose figures stand in another one's as well would count twice: over all levels those that stand
            -- in no other one, within a level each body once.
            inner join marts.reports_wide as wide on facts.report_id = wide.report_id
            where if($level = 'all', wide.counts_overall, wide.counts_in_level) and facts.year is not null
        ),
        cases as (
            unpivot stated on columns('^outcome_') into name outcome value case_count
        )
        select
            year,
            substr(outcome, 9) as outcome,
            sum(case_count)::double as case_count,
            count(distinct report_id) as n,
        from cases
        where {chosen}
        group by year, outcome
        having sum(case_count) > 0
        order by year, outcome
        """,
        region=region,
        level=level,
    )
    outcome_names = book.ask(
        """
        select split_part(indicator_code, '.', 3) as outcome, regexp_replace(name_zh, '（.*', '') as name
        from marts.dim_indicator
        where starts_with(indicator_code, 'application.outcome.')
        """
    )
    in_words = dict(zip(outcome_names["outcome"], outcome_names["name"], strict=True))
    outcome_chart = charts.stacked(
        outcomes.with_columns(outcomes["outcome"].replace_strict(in_words).alias("outcome")),
        value="case_count",
        by="outcome",
        colours={in_words[code]: colour for code, colour in charts.OUTCOMES.items() if code in in_words},
        title=f"{place}：申请的办理结果",
        axis="占全部办理结果",
        share=True,
    )
    mo.vstack(
        [
            mo.md("## 4. 申请是怎样答复的？ How are applications answered?"),
            outcome_chart,
            mo.md("柱顶数字是报告数 n。2019 年起换了表格：更改补充、其他途径、不存在等项不再单列。"),
        ]
    )
    return outcome_chart, outcome_names, outcomes


@app.cell
def _(book, chosen, level, mo, region):
    bodies = book.ask(
        f"""
        select entity_id, max_by(agency_name, last_year) as name, sum(report_count) as report_count
        from marts.dim_agency
        where entity_id in (select entity_id from marts.series) and {chosen}
        group by entity_id
        order by report_count desc, name
        """,
        region=region,
        level=level,
    )
    series_names = book.ask(
        """
        select distinct series_code, name_zh
        from marts.series
        order by series_code != 'requests_received', name_zh
        """
    )
    by_body = {f"{name}（{entity[:6]}）": entity for entity, name, _ in bodies.iter_rows()}
    by_series = dict(zip(series_names["name_zh"], series_names["series_code"], strict=True))
    choose_body = mo.ui.dropdown(by_body, value=next(iter(by_body), None), label="机构", searchable=True)
    choose_series = mo.ui.dropdown(by_series, value=next(iter(by_series), None), label="数字", searchable=True)
    mo.vstack(
        [
            mo.md("## 5. 一个机构的历年数字 The series of a body"),
            mo.hstack([choose_body, choose_series], wrap=True, justify="start"),
        ]
    )
    return bodies, choose_body, choose_series, series_names


@app.cell
def _(book, charts, choose_body, choose_series, mo):
    series = book.ask(
        """
        select
            year,
            case scope when 'own' then '本级' when 'aggregate' then '全地区' else '范围未说明' end as scope_name,
            value,
            unit,
            segment_no as segment,
            is_break or body_change is not null as is_break,
            concat_ws('；', break_note, body_change) as note,
        from marts.series
        where entity_id = $entity and series_code = $series
        order by scope_name, year
        """,
        entity=choose_body.value or "",
        series=choose_series.value or "",
    )
    unit = series["unit"].drop_nulls().first() if len(series) else None
    series_chart = charts.line(
        series,
        value="value",
        by="scope_name",
        title=f"{(choose_body.selected_key or '').split('（')[0]}：{choose_series.selected_key}",
        axis=unit or "",
    )
    notes = series.filter(series["is_break"].fill_null(False))
    mo.vstack(
        [
            series_chart
            if series["value"].drop_nulls().len()
            else mo.callout(mo.md("没有这个数字。The body states no such figure."), kind="neutral"),
            mo.md("没有报告的年份不连线；◇ 是口径变化，前后不能直接比较。"),
            *(mo.md(f"- {row['year']}（{row['scope_name']}）：{row['note']}") for row in notes.iter_rows(named=True)),
        ]
    )
    return series, series_chart


@app.cell
def _(book, chosen, level, mo, region, year):
    doubts = book.ask(
        f"""
        with grave as (
            select findings.*, reports.agency_name
            from marts.findings as findings
            inner join marts.reports_wide as reports on findings.report_id = reports.report_id
            where findings.severity in ('hard', 'soft') and reports.year = $year and {chosen}
        )
        select
            grave.agency_name as 机构,
            grave.message_zh as 发现,
            observations.page as 页,
            observations.evidence_text as 原文,
        from grave
        -- The words that the first of the figures concerned came from.
        left join marts.observations as observations on grave.observation_ids[1] = observations.observation_id
        order by grave.severity, abs(grave.difference) desc nulls last, grave.finding_id
        limit 50
        """,
        region=region,
        level=level,
        year=year,
    )
    mo.vstack(
        [
            mo.md("## 6. 哪些数字对不上，原文怎么说？ Which figures do not add up, and what do the words say?"),
            mo.ui.table(
                doubts,
                selection=None,
                page_size=8,
                show_column_summaries=False,
                show_data_types=False,
                wrapped_columns=["发现", "原文"],
            )
            if len(doubts)
            else mo.md(f"{year} 年没有。None."),
        ]
    )
    return (doubts,)


if __name__ == "__main__":
    app.run()
