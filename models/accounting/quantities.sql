{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

prose_numbers as (
    select numbers.*
    from {{ ref('int_prose_numbers') }} as numbers
    inner join documents_to_build on numbers.document_id = documents_to_build.document_id
),

cell_numbers as (
    select numbers.*
    from {{ ref('int_cell_numbers') }} as numbers
    inner join documents_to_build on numbers.document_id = documents_to_build.document_id
),

chosen as (
    select chosen.*
    from {{ ref('int_candidates_chosen') }} as chosen
    inner join documents_to_build on chosen.document_id = documents_to_build.document_id
),

reasons as (
    select reason, name_en, is_unread from {{ ref('number_reasons') }}
),

-- A figure shared by nouns stands once for each.
figures as (
    select
        figures.document_id,
        figures.paragraph_no,
        figures.sentence_place + figures.place as place_in_paragraph,
        arg_min(figures.noun, figures.figure_no) as noun,
        max(figures.value) as value,
        max(figures.dropped_because) as dropped_because,
        list(figures.figure_no) as figure_nos,
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
    group by figures.document_id, figures.paragraph_no, figures.sentence_place, figures.place
),

-- Each place of the prose that was read, with the observation that it became.
readings as (
    select
        read.document_id,
        read.paragraph_no,
        read.place_in_paragraph,
        read.length_in_paragraph,
        read.indicator_code,
        read.basis = 'negation' as is_negation,
        chosen.observation_id,
    from {{ ref('int_clauses_matched') }} as read
    inner join chosen
        on read.document_id = chosen.document_id
        and read.block_no = chosen.block_no
        and read.char_start = chosen.char_start
        and read.indicator_code = chosen.indicator_code
        and read.value = chosen.value
        and read.category_label is not distinct from chosen.category_label
),

read_at_place as (
    select document_id, paragraph_no, place_in_paragraph, list_sort(list(distinct observation_id)) as observation_ids
    from readings
    group by document_id, paragraph_no, place_in_paragraph
),

-- 没有收到一件申请, 投诉为零: a number inside the words of a zero.
read_as_zero as (
    select
        numbers.document_id,
        numbers.block_no,
        numbers.char_start,
        list_sort(list(distinct readings.observation_id)) as observation_ids,
    from prose_numbers as numbers
    inner join readings
        on numbers.document_id = readings.document_id
        and numbers.paragraph_no = readings.paragraph_no
        and readings.is_negation
        and numbers.place_in_paragraph >= readings.place_in_paragraph
        and numbers.place_in_paragraph < readings.place_in_paragraph + readings.length_in_paragraph
    where coalesce(numbers.no_figure_because, 'about something else') = 'about something else'
    group by numbers.document_id, numbers.block_no, numbers.char_start
),

figures_apart as (
    select document_id, paragraph_no, place_in_paragraph, value, unnest(figure_nos) as figure_no
    from figures
),

-- 主动公开61条，其中通知43条: understood, and left to the figure that it is a part of.
parts_of_read as (
    select distinct figures.document_id, figures.paragraph_no, figures.place_in_paragraph
    from figures_apart as figures
    inner join {{ ref('int_figures_chosen') }} as understood
        on figures.document_id = understood.document_id and figures.figure_no = understood.figure_no
    inner join readings
        on figures.document_id = readings.document_id
        and figures.paragraph_no = readings.paragraph_no
        and understood.indicator_code = readings.indicator_code
),

wholes as (
    select document_id, indicator_code, max(value) as value
    from chosen
    where applicant_type = 'all' and category_label is null
    group by document_id, indicator_code
),

-- What nothing reads is of the first subject that its words show; a part of a figure only where that figure is read.
of_subjects as (
    select
        figures.document_id,
        figures.paragraph_no,
        figures.place_in_paragraph,
        arg_min(subjects.reason, subjects.subject_no) as reason,
    from figures_apart as figures
    inner join {{ ref('int_figure_subjects') }} as subjects
        on figures.document_id = subjects.document_id and figures.figure_no = subjects.figure_no
    left join wholes
        on subjects.document_id = wholes.document_id and subjects.part_of = wholes.indicator_code
    where subjects.part_of is null or wholes.value >= figures.value
    group by figures.document_id, figures.paragraph_no, figures.place_in_paragraph
),

torn_lines as (
    select distinct document_id, block_no from {{ ref('int_torn_lines') }}
),

prose_told as (
    select
        numbers.document_id,
        numbers.block_no,
        numbers.page,
        numbers.char_start,
        numbers.char_end,
        numbers.words,
        numbers.measure,
        figures.noun,
        figures.value,
        numbers.clause,
        coalesce(
            numbers.no_figure_because,
            figures.dropped_because,
            case when parts_of_read.document_id is not null then 'part of a figure that is read' end,
            of_subjects.reason,
            case when torn_lines.document_id is not null then 'torn table' end
        ) as no_figure_because,
        coalesce(read_at_place.observation_ids, read_as_zero.observation_ids) as observation_ids,
    from prose_numbers as numbers
    left join figures
        on numbers.document_id = figures.document_id
        and numbers.paragraph_no = figures.paragraph_no
        and numbers.place_in_paragraph = figures.place_in_paragraph
    left join read_at_place
        on numbers.document_id = read_at_place.document_id
        and numbers.paragraph_no = read_at_place.paragraph_no
        and numbers.place_in_paragraph = read_at_place.place_in_paragraph
    left join read_as_zero
        on numbers.document_id = read_as_zero.document_id
        and numbers.block_no = read_as_zero.block_no
        and numbers.char_start = read_as_zero.char_start
    left join parts_of_read
        on numbers.document_id = parts_of_read.document_id
        and numbers.paragraph_no = parts_of_read.paragraph_no
        and numbers.place_in_paragraph = parts_of_read.place_in_paragraph
    left join of_subjects
        on numbers.document_id = of_subjects.document_id
        and numbers.paragraph_no = of_subjects.paragraph_no
        and numbers.place_in_paragraph = of_subjects.place_in_paragraph
    left join torn_lines
        on numbers.document_id = torn_lines.document_id and numbers.block_no = torn_lines.block_no
),

cells_chosen as (
    select document_id, table_no, row_no, col_no, list_sort(list(distinct observation_id)) as observation_ids
    from chosen
    where table_no is not null
    group by document_id, table_no, row_no, col_no
),

cells_told as (
    select
        numbers.document_id,
        numbers.table_no,
        numbers.row_no,
        numbers.col_no,
        numbers.page,
        numbers.char_start,
        numbers.char_end,
        numbers.words,
        numbers.label as noun,
        numbers.value,
        concat_ws(' ', numbers.label, numbers.words) as clause,
        numbers.no_figure_because,
        cells_chosen.observation_ids,
    from cell_numbers as numbers
    left join cells_chosen
        on numbers.document_id = cells_chosen.document_id
        and numbers.table_no = cells_chosen.table_no
        and numbers.row_no = cells_chosen.row_no
        and numbers.col_no = cells_chosen.col_no
),

told as (
    select * from prose_told
    union all by name
    select * from cells_told
),

accounted as (
    select
        {{ report_id('told.document_id') }} as report_id,
        told.document_id,
        told.block_no::integer as block_no,
        told.table_no::integer as table_no,
        told.row_no::integer as row_no,
        told.col_no::integer as col_no,
        told.page::integer as page,
        told.char_start::integer as char_start,
        told.char_end::integer as char_end,
        told.words,
        told.measure,
        told.noun,
        told.value::decimal(20, 4) as value,
        told.clause,
        case
            when told.observation_ids is not null then 'read'
            when not reasons.is_unread then 'left_out'
            else 'unread'
        end as outcome,
        case when told.observation_ids is null then reasons.reason end as reason,
        told.observation_ids,
    from told
    left join reasons on told.no_figure_because = reasons.name_en
)

select * from accounted
