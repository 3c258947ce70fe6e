"""公开 Gongkai: where an analyst begins. Copy it, change it: `gongkai notebook analyst --edit`.

How to ask the marts, what NULL means, how to add up without counting twice, how sure a figure is, and where it stands.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="公开 Gongkai：分析起步")


@app.cell
def _():
    import marimo as mo

    from gongkai import notebooks as charts

    book = charts.Notebook()
    mo.stop(bool(book.problem), mo.callout(mo.md(f"没有数据仓库 No warehouse: {book.problem}"), kind="warn"))
    return book, charts, mo


@app.cell
def _(book, mo):
    tables = book.ask(
        """
        select table_name, estimated_size as row_count, regexp_extract(comment, '^[^.:;]*') as one_row
        from duckdb_tables()
        where schema_name = 'marts'
        order by table_name != 'reports_wide', table_name
        """
    )
    mo.vstack(
        [
            mo.md(
                """
                # 分析起步 Where an analyst begins

                `book.ask("select …")` 给出 polars 数据框；`$name` 是参数。 One table for most questions is
                `marts.reports_wide`; the others are:
                """
            ),
            mo.ui.table(tables, selection=None, page_size=6, wrapped_columns=["one_row"], show_column_summaries=False),
        ]
    )
    return


@app.cell
def _(book, mo):
    # NULL is not zero: a report that does not state its applications is in neither of the two counts.
    stated = book.ask(
        """
        select
            year::varchar as year,
            count(*) as reports,
            count(application_received) as that_state_it,
            count(*) filter (application_received = 0) as that_say_zero,
            median(application_received)::double as median_of_those,
        from marts.reports_wide
        where year is not null
        group by year
        order by year desc
        """
    )
    mo.vstack(
        [
            mo.md("## 1. 没有写明不是零 Not stated is not zero"),
            mo.ui.table(stated, selection=None, page_size=8, show_column_summaries=False),
        ]
    )
    return


@app.cell
def _(book, mo):
    # A county's figures stand in its prefecture's report, too: what counts_overall leaves out would count twice.
    sums = book.ask(
        """
        select
            year::varchar as year,
            sum(application_received)::bigint as all_reports_wrong,
            sum(application_received) filter (counts_overall)::bigint as each_figure_once,
            count(application_received) filter (counts_overall) as stated_by,
        from marts.reports_wide
        where year is not null
        group by year
        having count(application_received) > 0
        order by year desc
        """
    )
    mo.vstack(
        [
            mo.md(
                """
                ## 2. 相加而不重复 Adding up without counting twice

                跨层级用 `counts_overall`，同一层级内用 `counts_in_level`。
                """
            ),
            mo.ui.table(sums, selection=None, page_size=8, show_column_summaries=False),
        ]
    )
    return


@app.cell
def _(book, charts, mo):
    # Medians of one level, with quartiles: the reports at hand change from year to year, so no line joins the years.
    spread = book.ask(
        """
        with levels as (
            select level_code, level_name, count(*) as report_count
            from marts.reports_wide
            where application_received is not null
            group by all
            order by report_count desc, level_code
            limit 1
        )
        select
            wide.year,
            any_value(levels.level_name) as level_name,
            median(application_received)::double as value,
            quantile_cont(application_received, 0.25)::double as low,
            quantile_cont(application_received, 0.75)::double as high,
            count(*) as n,
        from marts.reports_wide as wide
        inner join levels on wide.level_code = levels.level_code
        where wide.application_received is not null and wide.year is not null and wide.counts_in_level
        group by wide.year
        order by wide.year
        """
    )
    level_name = spread["level_name"].first() if len(spread) else ""
    spread_chart = charts.intervals_over_years(
        spread, title=f"{level_name}机构收到的申请：中位数与四分位", axis="件", is_share=False
    )
    mo.vstack([mo.md("## 3. 第一张图 A first chart"), spread_chart, mo.md("底部数字是报告数 n。")])
    return


@app.cell
def _(book, mo):
    # How sure a figure is: qualifier (about, at_least …), confidence, and the words that it came from.
    inexact = book.ask(
        """
        select
            reports.agency_name,
            reports.year::varchar as year,
            observations.indicator_code,
            observations.value,
            observations.qualifier,
            observations.confidence,
            observations.evidence_text,
        from marts.observations as observations
        inner join marts.dim_report as reports on observations.report_id = reports.report_id
        where observations.is_selected and reports.is_current
            and (observations.qualifier != 'exact' or observations.confidence = 'doubtful')
        order by observations.value desc, observations.observation_id
        limit 50
        """
    )
    mo.vstack(
        [
            mo.md("## 4. 约数和存疑的数 Figures that are not exact, or doubtful"),
            mo.ui.table(
                inexact, selection=None, page_size=6, wrapped_columns=["evidence_text"], show_column_summaries=False
            )
            if len(inexact)
            else mo.md("没有。None."),
        ]
    )
    return


@app.cell
def _(mo):
    mo.md("""
    ## 5. 带走 Take it away

    ```python
    book.ask("from marts.reports_wide").write_csv("reports.csv", include_bom=True)
    ```

    Or without a notebook: `gongkai sql "from reports_wide" --format csv > reports.csv`, and `gongkai export` for
    all tables with types and a dictionary. A figure is quoted with the number of
    its publication (`gongkai status`).
    """)
    return


if __name__ == "__main__":
    app.run()
