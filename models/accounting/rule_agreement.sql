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

-- Wilson's interval of 95 %, which stays within 0 and 1 for few cases too.
with_interval as (
    select
        rule_id,
        indicator_code,
        year,
        confidence,
        n,
        agree,
        differ,
        undecided,
        agree / nullif(n, 0) as p,
        1.96 as z,
        (p + z * z / (2 * n)) / (1 + z * z / n) as middle,
        z * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n)) / (1 + z * z / n) as half_width,
    from counted
),

rule_agreement as (
    select
        * exclude (p, z, middle, half_width),
        round(p, 4)::decimal(5, 4) as share,
        round(case when n > 0 then greatest(middle - half_width, 0) end, 4)::decimal(5, 4) as share_low,
        round(case when n > 0 then least(middle + half_width, 1) end, 4)::decimal(5, 4) as share_high,
    from with_interval
)

select * from rule_agreement
