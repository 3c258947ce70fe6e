with said_twice as (
    select * from {{ ref('int_figures_said_twice') }}
),

reports as (
    select document_id, year from {{ ref('int_reports_identified') }}
),

counted as (
    select
        said_twice.rule_id,
        said_twice.indicator_code,
        said_twice.confidence,
        reports.year::integer as year,
        count(*) filter (where said_twice.agrees or said_twice.is_table_value_in_prose)::integer as n,
        count(*) filter (where said_twice.agrees)::integer as agree,
        count(*) filter (where not said_twice.agrees and said_twice.is_table_value_in_prose)::integer as differ,
        count(*) filter (where not said_twice.agrees and not said_twice.is_table_value_in_prose)::integer as undecided,
    from said_twice
    inner join reports on said_twice.document_id = reports.document_id
    group by all
),

rule_agreement as (
    select
        *,
        round(agree / nullif(n, 0), 4)::decimal(5, 4) as share,
        round({{ wilson_low('agree', 'n') }}, 4)::decimal(5, 4) as share_low,
        round({{ wilson_high('agree', 'n') }}, 4)::decimal(5, 4) as share_high,
    from counted
)

select * from rule_agreement
