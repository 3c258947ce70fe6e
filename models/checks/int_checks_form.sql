{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

form_columns as (
    select distinct form_part, label from {{ ref('form_columns') }}
    where forms is not null and length(label) >= 4
),

cells as (
    select cells.*, indicators.name_en
    from {{ ref('int_form_cells_found') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    inner join {{ ref('indicators') }} as indicators on cells.indicator_code = indicators.indicator_code
),

observations as (
    select observations.* replace (documents_to_build.document_id as document_id)
    from {{ ref('observations') }} as observations
    inner join documents_to_build on observations.report_id = {{ report_id('documents_to_build.document_id') }}
    where observations.is_selected
),

check_indicators as (
    select * from {{ ref('int_check_indicators') }} where check_code = 'T2-UNIT'
),

-- Where the heads of a missing table stand in the text, it is there, and was not understood.
missing_parts as (
    select distinct document_id, form_part from cells
    where state = 'table_missing'
),

texts as (
    select blocks.document_id, {{ squash('blocks.text_regular') }} as text
    from {{ ref('stg_raw__blocks') }} as blocks
    where blocks.document_id in (select document_id from missing_parts)
    union all
    select table_cells.document_id, table_cells.text_squashed as text
    from {{ ref('stg_raw__table_cells') }} as table_cells
    where table_cells.document_id in (select document_id from missing_parts)
),

parts_in_sight as (
    select missing_parts.document_id, missing_parts.form_part
    from missing_parts
    inner join texts on missing_parts.document_id = texts.document_id
    inner join form_columns
        on missing_parts.form_part = form_columns.form_part
        and contains(texts.text, form_columns.label)
    group by missing_parts.document_id, missing_parts.form_part
    having count(distinct form_columns.label) >= 3
),

tables_in_sight as (
    select document_id, count(*) as table_count from parts_in_sight
    group by document_id
),

-- 12.34万元 in a cell that is in ten thousand yuan already.
with_unit as (
    select
        observations.document_id,
        count(*) filter (where contains(observations.evidence_text, '元')) as cell_count,
        string_agg(observations.evidence_text, '、' order by observations.observation_id)
            filter (where contains(observations.evidence_text, '元')) as evidence,
        list(observations.observation_id order by observations.observation_id)
            filter (where contains(observations.evidence_text, '元')) as observation_ids,
    from observations
    inner join check_indicators on observations.indicator_code = check_indicators.indicator_code
    where observations.basis = 'table'
    group by observations.document_id
),

said_elsewhere as (
    select cells.document_id, cells.indicator_code, cells.applicant_type, observations.observation_id
    from cells
    inner join observations
        on cells.document_id = observations.document_id
        and cells.indicator_code = observations.indicator_code
        and cells.applicant_type = observations.applicant_type
    where cells.state = 'blank' and observations.basis in ('narrative', 'negation')
),

-- Each check counts the cells in one state, and names their rows.
counted as (
    select
        cells.document_id,
        unnest(['Q-TABLES', 'Q-ROWS', 'Q-BLANK', 'Q-BLANK-SAID']) as check_code,
        unnest([
            count(distinct cells.form_part) filter (where cells.state = 'table_missing'),
            count(distinct cells.label) filter (where cells.state = 'row_missing'),
            count(*) filter (where cells.state = 'blank'),
            count(*) filter (where said_elsewhere.observation_id is not null),
        ]) as cell_count,
        unnest([
            list_transform(
                list_sort(list_distinct(list(cells.form_part) filter (where cells.state = 'table_missing'))),
                lambda part: {'zh': part, 'en': part}
            ),
            {%- for condition in [
                "cells.state = 'row_missing'", "cells.state = 'blank'", "said_elsewhere.observation_id is not null",
            ] %}
            -- In the order of the form.
            list_transform(
                list_sort(list_distinct(
                    list(row(cells.form_part, cells.place, cells.label, cells.name_en))
                        filter (where {{ condition }})
                )),
                lambda cell: {'zh': cell[3], 'en': cell[4]}
            ),
            {%- endfor %}
        ]) as labels,
        list(said_elsewhere.observation_id order by said_elsewhere.observation_id)
            filter (where said_elsewhere.observation_id is not null) as said_ids,
    from cells
    left join said_elsewhere
        on cells.document_id = said_elsewhere.document_id
        and cells.indicator_code = said_elsewhere.indicator_code
        and cells.applicant_type = said_elsewhere.applicant_type
    group by cells.document_id
),

results as (
    select
        counted.document_id,
        counted.check_code,
        counted.cell_count,
        case when counted.check_code = 'Q-TABLES' then coalesce(tables_in_sight.table_count, 0) else 0 end
            as tables_in_sight,
        array_to_string(list_transform(counted.labels[:8], lambda label: label.zh), '、')
        || if(len(counted.labels) > 8, '等' || len(counted.labels) || '项', '') as detail_zh,
        array_to_string(list_transform(counted.labels[:8], lambda label: label.en), '; ')
        || if(len(counted.labels) > 8, '; ' || len(counted.labels) || ' in all', '') as detail_en,
        case when counted.check_code = 'Q-BLANK-SAID' then counted.said_ids end as observation_ids,
    from counted
    left join tables_in_sight on counted.document_id = tables_in_sight.document_id
    union all
    select document_id, 'T2-UNIT', cell_count, 0, evidence, evidence, observation_ids from with_unit
),

judged as (
    select
        document_id,
        {{ report_id('document_id') }} as report_id,
        check_code,
        'all' as applicant_type,
        case
            when cell_count = 0 then 'pass'
            when cell_count <= tables_in_sight then 'uncertain'
            else 'fail'
        end as result,
        0::decimal(20, 4) as expected,
        cell_count::decimal(20, 4) as actual,
        cell_count::decimal(20, 4) as difference,
        0 as blank_count,
        observation_ids,
        detail_zh,
        detail_en,
    from results
)

select * from judged
