{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

shares as (
    select shares.*
    from {{ ref('int_percentages') }} as shares
    inner join documents_to_build on shares.document_id = documents_to_build.document_id
    where shares.kind = 'share'
),

observations as (
    select observations.* replace (documents_to_build.document_id as document_id)
    from {{ ref('observations') }} as observations
    inner join documents_to_build on observations.report_id = {{ report_id('documents_to_build.document_id') }}
    where observations.applicant_type = 'all' and observations.category_label is null
),

indicators as (
    select * from {{ ref('indicators') }}
),

-- A share is of the figure's parent; the words may mean another figure of the report, so that each is tried.
against_each as (
    select
        shares.document_id,
        shares.report_id,
        shares.observation_id,
        concat_ws(' ', shares.indicator_code, shares.applicant_type, shares.category_label, shares.value) as subject,
        shares.percentage,
        coalesce(shares.category_label, indicators.name_zh) as detail_zh,
        coalesce(shares.category_label, indicators.name_en) as detail_en,
        100 * shares.value / bases.value as computed,
        -- Rounded, or cut off.
        computed - shares.percentage between -0.5 * power(10, -shares.decimals) - 0.000001
        and power(10, -shares.decimals) - 0.000001 as agrees,
        bases.indicator_code = indicators.parent_code and bases.is_selected and bases.qualifier = 'exact' as is_parent,
        bases.observation_id as base_id,
    from shares
    inner join indicators on shares.indicator_code = indicators.indicator_code
    left join observations as bases
        on shares.document_id = bases.document_id
        and bases.value >= shares.value
        and bases.value > 0
),

judged as (
    select
        document_id,
        report_id,
        'TI-PCT' as check_code,
        'all' as applicant_type,
        subject,
        case
            when bool_or(agrees) then 'pass'
            when bool_or(is_parent) then 'fail'
            else 'uncertain'
        end as result,
        round(coalesce(max(computed) filter (where agrees), max(computed) filter (where is_parent)), 2)::decimal(20, 4)
            as expected,
        percentage::decimal(20, 4) as actual,
        (percentage - expected)::decimal(20, 4) as difference,
        0 as blank_count,
        [observation_id] || coalesce(list(base_id order by base_id) filter (where is_parent), []) as observation_ids,
        detail_zh,
        detail_en,
    from against_each
    group by document_id, report_id, observation_id, subject, percentage, detail_zh, detail_en
)

select * from judged
-- What a text says twice is found once.
qualify row_number() over (partition by document_id, subject, actual order by observation_ids) = 1
