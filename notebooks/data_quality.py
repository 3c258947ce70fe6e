"""公开 Gongkai: how good the data are: what was read, what was not, what does not add up, how sure the rules are.

`gongkai notebook data_quality` opens it, `--edit` makes a copy to change.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="公开 Gongkai：数据质量")


@app.cell
def _():
    import marimo as mo

    from gongkai import notebooks as charts

    book = charts.Notebook()
    mo.stop(bool(book.problem), mo.callout(mo.md(f"没有数据仓库 No warehouse: {book.problem}"), kind="warn"))
    return book, charts, mo


@app.cell
def _(book, charts, mo):
    numbers = book.ask(
        """
        select
            reports.year,
            case quantities.outcome
                when 'read' then '已读' when 'left_out' then '有理由略去' else '未读'
            end as outcome,
            count(*)::double as number_count,
            count(distinct quantities.report_id) as n,
        from marts.quantities as quantities
        inner join marts.dim_report as reports on quantities.report_id = reports.report_id
        where reports.is_current and reports.year is not null
        group by all
        order by reports.year, outcome
        """
    )
    numbers_chart = charts.stacked(
        numbers,
        value="number_count",
        by="outcome",
        colours={"已读": "#1b6e5a", "有理由略去": "#b9c2cb", "未读": "#b4532a"},
        title="报告里的每个数字",
        axis="占全部数字",
        share=True,
    )
    mo.vstack(
        [
            mo.md("# 数据质量 Data quality"),
            mo.md("## 1. 报告里的数字都到哪里去了？ What became of every number?"),
            numbers_chart,
            mo.md("柱顶数字是报告数 n。`gongkai unread` 列出最常见的未读数字。"),
        ]
    )
    return numbers, numbers_chart


@app.cell
def _(book, mo):
    least_read = book.ask(
        """
        select
            reports.agency_name,
            reports.year::varchar as year,
            reports.form,
            consistency.numbers_accounted,
            consistency.cells_accounted,
            consistency.figures_stated,
            consistency.figures_asked,
            reports.source_file,
        from marts.report_consistency as consistency
        inner join marts.dim_report as reports on consistency.report_id = reports.report_id
        where reports.is_current
        order by least(consistency.numbers_accounted, coalesce(consistency.cells_accounted, 1)), reports.report_id
        limit 40
        """
    )
    mo.vstack(
        [
            mo.md("## 2. 读得最少的报告 Reports that were read least"),
            mo.ui.table(least_read, selection=None, page_size=8, show_column_summaries=False),
        ]
    )
    return (least_read,)


@app.cell
def _(book, charts, mo):
    failing = book.ask(
        """
        select
            reports.year,
            findings.severity,
            count(*)::double as finding_count,
        from marts.findings as findings
        inner join marts.dim_report as reports on findings.report_id = reports.report_id
        where reports.is_current and reports.year is not null
        group by all
        order by reports.year, findings.severity
        """
    )
    failing_chart = charts.stacked(
        failing,
        value="finding_count",
        by="severity",
        colours={"hard": "#8f2d1f", "soft": "#d98f5c", "warning": "#e8c98a", "info": "#b9c2cb"},
        title="核查发现",
        axis="条数",
    )
    checks = book.ask(
        """
        select
            findings.check_code,
            any_value(findings.severity) as severity,
            any_value(checks.name_zh) as name_zh,
            count(*) as findings,
            count(distinct findings.report_id) as reports,
            count(findings.verdict) as judged,
        from marts.findings as findings
        left join marts.dim_check as checks on findings.check_code = checks.check_code
        group by findings.check_code
        order by findings desc, findings.check_code
        """
    )
    mo.vstack(
        [
            mo.md("## 3. 哪些核查没有通过？ Which checks fail?"),
            failing_chart,
            mo.ui.table(checks, selection=None, page_size=8, wrapped_columns=["name_zh"], show_column_summaries=False),
            mo.md("`gongkai review` 逐条判断，判断成为规则里的一行。"),
        ]
    )
    return checks, failing, failing_chart


@app.cell
def _(book, charts, mo):
    agreement = book.ask(
        """
        select
            rule_id as name,
            sum(agree)::double / sum(agree + differ) as value,
            sum(agree + differ)::integer as n,
            sum(agree)::integer as agree,
        from marts.rule_agreement
        group by rule_id
        having sum(agree + differ) > 0
        order by sum(differ) desc, rule_id
        limit 30
        """
    )
    # The interval of Wilson at 95 per cent, over all years of a rule.
    z = 1.96
    share, n = agreement["value"], agreement["n"]
    middle, half = share + z * z / (2 * n), z * (share * (1 - share) / n + z * z / (4 * n * n)).sqrt()
    agreement_chart = charts.intervals_by_name(
        agreement.with_columns(
            ((middle - half) / (1 + z * z / n)).alias("low"), ((middle + half) / (1 + z * z / n)).alias("high")
        ),
        title="规则与表格一致的比例",
        axis="95% 区间",
        is_share=True,
    )
    mo.vstack(
        [
            mo.md("## 4. 正文的规则有多可靠？ How often do rules of prose say what the table says?"),
            agreement_chart
            if len(agreement)
            else mo.callout(mo.md("没有同时有正文数字和表格的报告。No report has both."), kind="neutral"),
        ]
    )
    return agreement, agreement_chart


@app.cell
def _(book, mo):
    left_out = book.ask(
        """
        select
            class_reason,
            has_report_title,
            count(*) as documents,
            min(source_file) as such_as,
        from marts.dim_document
        where document_class != 'annual_report'
        group by all
        order by has_report_title desc, documents desc, class_reason
        """
    )
    mo.vstack(
        [
            mo.md("## 5. 哪些文件没有当作年报？ Which documents were taken for no report?"),
            mo.ui.table(left_out, selection=None, page_size=8, show_column_summaries=False)
            if len(left_out)
            else mo.md("没有。None."),
            mo.md("`has_report_title` 为真的最值得看：`gongkai show DOCUMENT`。读不出的文件：`gongkai rejects`。"),
        ]
    )
    return (left_out,)


if __name__ == "__main__":
    app.run()
