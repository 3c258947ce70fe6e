{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

readings as (
    select readings.*
    from {{ ref('int_candidates_corrected') }} as readings
    inner join documents_to_build on readings.document_id = documents_to_build.document_id
    where readings.category_label is null and readings.period_part = 'year' and readings.scope_part = 'own'
),

reports as (
    select reports.document_id, reports.form
    from {{ ref('dim_report') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
),

-- 办结 in a report whose form counts results, 制发规范性文件 in one whose form has a row for it: said under another name.
said_otherwise as (
    select readings.* replace (synonyms.indicator_code as indicator_code, false as is_selected)
    from readings
    inner join reports on readings.document_id = reports.document_id
    inner join {{ ref('check_synonyms') }} as synonyms
        on readings.indicator_code = synonyms.said_as
        and list_contains(string_split(synonyms.forms, ';'), reports.form)
    where readings.basis = 'narrative'
),

readings_of_each as (
    select * from readings
    union all by name
    select * from said_otherwise
),

check_indicators as (
    select * from {{ ref('int_check_indicators') }} where kind = 'conflict'
),

-- 受理 may mean what came in this year or that and what was carried in: the right side of the check adds these up.
check_alternatives as (
    select check_code, unnest(string_split(right_side, ' ')) as term from {{ ref('checks') }}
    where kind = 'conflict' and right_side is not null
),

alternatives as (
    select readings.document_id, check_alternatives.check_code, sum(readings.value) as value
    from readings
    inner join check_alternatives on readings.indicator_code = ltrim(check_alternatives.term, '+')
    where readings.is_selected and readings.applicant_type = 'all'
    group by all
),

pairs as (
    select
        selected.document_id,
        selected.report_id,
        selected.indicator_code,
        check_indicators.check_code,
        check_indicators.name_zh,
        check_indicators.name_en,
        selected.value as selected_value,
        others.value as other_value,
        selected.basis as selected_basis,
        others.basis as other_basis,
        selected.confidence = 'certain' and others.confidence = 'certain' as is_certain,
        selected.qualifier = 'exact' and others.qualifier = 'exact' as are_exact,
        selected.confidence = 'doubtful' or others.confidence = 'doubtful' as is_doubtful,
        selected.observation_id as selected_id,
        others.observation_id as other_id,
        others.value = alternatives.value and alternatives.value != selected.value as is_alternative,
        {{ qualified_agree('selected', 'others') }} as agrees,
    from readings as selected
    inner join readings_of_each as others
        on selected.document_id = others.document_id
        and selected.indicator_code = others.indicator_code
        and selected.applicant_type = others.applicant_type
        and selected.observation_id != others.observation_id
    inner join check_indicators on selected.indicator_code = check_indicators.indicator_code
    left join alternatives
        on selected.document_id = alternatives.document_id
        and check_indicators.check_code = alternatives.check_code
    where selected.is_selected and selected.applicant_type = 'all'
),

-- What stands beside the whole as its parts contradicts nothing: 97件 … 其中机关21件，下属单位76件.
parts as (
    select document_id, check_code, name_en
    from (
        select distinct document_id, check_code, name_en, selected_value, other_value from pairs
        where not agrees and other_basis != 'table'
    )
    group by document_id, check_code, name_en, selected_value
    having count(*) >= 2 and sum(other_value) = selected_value
),

weighed as (
    select pairs.* replace (pairs.agrees or parts.document_id is not null as agrees)
    from pairs
    left join parts
        on pairs.document_id = parts.document_id
        and pairs.check_code = parts.check_code
        and pairs.name_en = parts.name_en
),

-- Where the text gives the chosen figure too, another figure in it is likely of something else: no hard failure, and
-- none where one of the two is a round one. What was read with doubt is worth a look and no more.
graded as (
    select
        * exclude (check_code),
        case
            when is_doubtful then 'TT-DOUBTFUL'
            when not agrees and not are_exact then 'TT-OTHER'
            when not agrees and bool_or(agrees and other_basis != 'derived') over same_figure then 'TT-OTHER'
            else check_code
        end as check_code,
    from weighed
    window same_figure as (partition by document_id, check_code, name_en)
),

judged as (
    select
        document_id,
        report_id,
        check_code,
        'all' as applicant_type,
        indicator_code as subject,
        case
            when bool_and(agrees or coalesce(is_alternative, false)) then 'pass'
            when bool_or((is_certain or is_doubtful) and not agrees and not coalesce(is_alternative, false)) then 'fail'
            else 'uncertain'
        end as result,
        any_value(selected_value) as expected,
        arg_max(other_value, (abs(other_value - selected_value), other_value)) filter (where not agrees)
            as stated_otherwise,
        coalesce(stated_otherwise, expected) as actual,
        (actual - expected)::decimal(20, 4) as difference,
        0 as blank_count,
        list_sort(list_distinct(list(selected_id) || list(other_id))) as observation_ids,
        name_zh || if(bool_and(agrees or are_exact), '', '（一处为约数）') as detail_zh,
        name_en || if(bool_and(agrees or are_exact), '', ' (one of them approximate)') as detail_en,
    from graded
    group by document_id, report_id, check_code, indicator_code, name_zh, name_en
)

select * exclude (stated_otherwise) from judged
