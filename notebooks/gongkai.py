"""公开 Gongkai: coverage, trends, and five questions to start from. Reads the published marts and changes nothing.

`.venv/bin/marimo edit notebooks/gongkai.py` opens it; `GONGKAI_WAREHOUSE` names another warehouse.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="公开 Gongkai")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    root = Path(__file__).resolve().parents[1]
    warehouse = Path(os.environ.get("GONGKAI_WAREHOUSE", root / "warehouse" / "gongkai.duckdb"))
    connection = duckdb.connect(str(warehouse), read_only=True)
    return alt, connection, mo, warehouse


@app.cell
def _(connection, mo, warehouse):
    totals = connection.sql(
        """
        select
            (select count(*) from marts.dim_report where is_current) as reports,
            (select count(distinct agency_id) from marts.dim_report where is_current) as agencies,
            (select count(*) from marts.observations where is_selected) as figures,
            (select count(*) from marts.findings) as findings
        """
    ).pl()
    mo.md(
        f"""
        # 公开 Gongkai 政府信息公开年报

        `{warehouse.name}`: **{totals["reports"][0]:,}** 份现行年报，**{totals["agencies"][0]:,}** 个机构，
        **{totals["figures"][0]:,}** 个数字，**{totals["findings"][0]:,}** 条核查发现。

        空值是报告没有写明，不是零。A missing value means that the report does not state it, which is not zero.
        """
    )
    return (totals,)


@app.cell
def _(connection):
    reports_by_year = connection.sql(
        """
        select reports.year, coalesce(levels.name_zh, '未知') as level_name, levels.level_rank, count(*) as report_count
        from marts.dim_report as reports
        left join marts.dim_level as levels on reports.level_code = levels.level_code
        where reports.is_current and reports.year is not null
        group by all
        order by reports.year, levels.level_rank
        """
    ).pl()
    return (reports_by_year,)


@app.cell
def _(alt, mo, reports_by_year):
    level_order = reports_by_year.sort("level_rank")["level_name"].unique(maintain_order=True).to_list()
    coverage_chart = (
        alt.Chart(reports_by_year)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title="年度"),
            y=alt.Y("report_count:Q", title="报告份数"),
            color=alt.Color("level_name:N", title="层级", sort=level_order),
            tooltip=["year", "level_name", "report_count"],
        )
        .properties(title="现行年报份数", width=620, height=260)
    )
    mo.vstack([mo.md("## 覆盖 Coverage"), coverage_chart])
    return coverage_chart, level_order


@app.cell
def _(connection):
    # Medians, not sums: the reports at hand change from year to year, and a sum would follow their number.
    received = connection.sql(
        """
        select
            facts.year,
            levels.name_zh as level_name,
            levels.level_rank,
            count(facts.received) as stated_by,
            median(facts.received)::double as median_received,
            avg((facts.received = 0)::integer)::double as share_of_zeros
        from marts.fct_applications as facts
        inner join marts.dim_level as levels on facts.level_code = levels.level_code
        inner join marts.report_overlaps as contained on facts.report_id = contained.report_id
        -- A body that reports on its own level and on its whole area counts once.
        where facts.received is not null and facts.year is not null and contained.containment is distinct from 'body'
        group by all
        order by facts.year, levels.level_rank
        """
    ).pl()
    return (received,)


@app.cell
def _(alt, level_order, mo, received):
    trend_chart = (
        alt.Chart(received)
        .mark_line(point=True)
        .encode(
            x=alt.X("year:O", title="年度"),
            y=alt.Y("median_received:Q", title="收到申请数（中位数）", scale=alt.Scale(type="symlog")),
            color=alt.Color("level_name:N", title="层级", sort=level_order),
            tooltip=["year", "level_name", "median_received", "stated_by"],
        )
        .properties(title="每份报告收到的申请", width=620, height=260)
    )
    mo.vstack([mo.md("## 趋势 Trends"), trend_chart])
    return (trend_chart,)


@app.cell
def _(connection, mo):
    busiest = connection.sql(
        """
        select
            reports.year::varchar as year,
            reports.agency_name,
            reports.scope,
            facts.received::double as received,
            facts.replied::double as replied,
            facts.outcome_granted::double as granted,
            reports.report_id
        from marts.fct_applications as facts
        inner join marts.dim_report as reports on facts.report_id = reports.report_id
        where facts.received is not null
        order by facts.received desc, reports.report_id
        limit 20
        """
    ).pl()
    mo.vstack([mo.md("## 1. 哪些机构收到的申请最多？ Who received the most applications?"), busiest])
    return (busiest,)


@app.cell
def _(alt, connection, mo):
    outcomes = connection.sql(
        """
        with stated as (
            unpivot marts.fct_applications
            on outcome_granted, outcome_partial, outcome_refused, outcome_unavailable, outcome_not_processed
            into name column_name value case_count
        ),
        names as (
            select 'outcome_' || split_part(indicator_code, '.', 3) as column_name, name_zh
            from marts.dim_indicator
            where starts_with(indicator_code, 'application.outcome.')
        )
        select stated.year, names.name_zh as outcome, sum(stated.case_count)::double as case_count
        from stated
        inner join names on stated.column_name = names.column_name
        -- A report whose figures stand in another one's as well would count twice.
        inner join marts.additive_reports as additive on stated.report_id = additive.report_id
        where stated.year is not null
        group by all
        order by stated.year, names.name_zh
        """
    ).pl()
    outcome_chart = (
        alt.Chart(outcomes)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title="年度"),
            y=alt.Y("case_count:Q", stack="normalize", title="占办理结果的比例", axis=alt.Axis(format="%")),
            color=alt.Color("outcome:N", title="办理结果", legend=alt.Legend(labelLimit=240)),
            tooltip=["year", "outcome", "case_count"],
        )
        .properties(width=620, height=260)
    )
    mo.vstack([mo.md("## 2. 申请是怎样答复的？ How are applications answered?"), outcome_chart])
    return outcome_chart, outcomes


@app.cell
def _(connection, mo):
    disputes = connection.sql(
        """
        select
            regions.province_name,
            sum(facts.review_total)::bigint as reviews,
            sum(facts.review_corrected)::bigint as reviews_corrected,
            sum(facts.litigation_total)::bigint as lawsuits,
            sum(facts.litigation_corrected)::bigint as lawsuits_corrected,
            count(*) as reports
        from marts.fct_appeals as facts
        inner join marts.additive_reports as additive on facts.report_id = additive.report_id
        inner join marts.dim_region as regions on facts.region_code = regions.region_code
        group by regions.province_name
        order by lawsuits desc nulls last, reviews desc nulls last, regions.province_name
        """
    ).pl()
    mo.vstack([mo.md("## 3. 复议和诉讼，纠错多少？ How often do reviews and courts correct?"), disputes])
    return (disputes,)


@app.cell
def _(connection, mo):
    missing = connection.sql(
        """
        select
            coverage.year::varchar as year,
            levels.name_zh as level_name,
            sum(coverage.reports_present)::bigint as present,
            sum(coverage.reports_missing)::bigint as missing,
            sum(coverage.reports_in_time)::bigint as in_time,
            sum(coverage.reports_late)::bigint as late,
            sum(coverage.reports_punctuality_unknown)::bigint as punctuality_unknown
        from marts.coverage as coverage
        inner join marts.dim_level as levels on coverage.level_code = levels.level_code
        group by all
        order by 1 desc, missing desc
        """
    ).pl()
    mo.vstack([mo.md("## 4. 缺了哪些报告，哪些迟了？ What is missing, what is late?"), missing])
    return (missing,)


@app.cell
def _(connection, mo):
    doubts = connection.sql(
        """
        with hard as (
            select * from marts.findings where severity in ('hard', 'soft')
        )
        select
            reports.year::varchar as year,
            reports.agency_name,
            hard.message_zh,
            hard.expected::double as expected,
            hard.actual::double as actual,
            observations.page,
            observations.evidence_text
        from hard
        inner join marts.dim_report as reports on hard.report_id = reports.report_id
        -- The words that the first of the figures concerned came from.
        left join marts.observations as observations on hard.observation_ids[1] = observations.observation_id
        order by abs(hard.difference) desc nulls last, hard.finding_id
        limit 20
        """
    ).pl()
    mo.vstack(
        [mo.md("## 5. 哪些数字对不上，原文怎么说？ Which figures do not add up, and what do the words say?"), doubts]
    )
    return (doubts,)


if __name__ == "__main__":
    app.run()
