{{ config(materialized='by_document') }}

{# What a document is: an annual report, or another thing of those that lie in the same folders. #}
{%- set rules = seed_rows(ref('document_rules'), 'rule_order') -%}
{%- set parts = seed_rows(ref('document_signs'), 'sign_order', "shows = 'part'") -%}
{%- set elsewhere = document_sign('elsewhere') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

documents as (
    select documents.document_id, documents.char_count
    from {{ ref('stg_raw__documents') }} as documents
    inner join documents_to_build on documents.document_id = documents_to_build.document_id
),

titles as (
    select titles.*
    from {{ ref('int_document_titles') }} as titles
    inner join documents_to_build on titles.document_id = documents_to_build.document_id
),

openings as (
    select
        lines.document_id,
        string_agg(lines.line, '' order by lines.line_no) filter (where lines.line_no <= 8) as opening,
        -- A page of links shows many titles of reports, each on its own line.
        count(*) filter (
            where lines.line_no <= 20 and length(lines.line) <= 60
            and regexp_matches(lines.line, '{{ document_sign('listed_title') }}')
        ) as report_title_count,
    from {{ ref('int_document_lines') }} as lines
    inner join documents_to_build on lines.document_id = documents_to_build.document_id
    group by lines.document_id
),

squashed as (
    select blocks.document_id, blocks.block_no, {{ squash('blocks.text_regular') }} as line
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    where blocks.kind in ('heading', 'paragraph')
),

blocks as (
    select *, lead(line) over (partition by document_id order by block_no) as next_line
    from squashed
),

-- The parts that the regulations ask of a report, as headings or at the beginning of a paragraph.
parts_found as (
    select
        document_id,
        0
        {%- for part in parts %}
        + bool_or(regexp_matches(line, {{ literal(part['pattern']) }}))::integer
        {%- endfor %}
        as part_count,
        -- It speaks of its own year: 收到申请, 主动公开 with what was done.
        bool_or(regexp_matches(line, '{{ document_sign('work') }}')) as tells_of_work,
        -- A section that the regulations ask for, and a sentence under its heading.
        bool_or(
            length(line) <= 36
            and regexp_matches(line, '{{ document_sign('section') }}')
            and not regexp_matches(line, '[。；]')
            and regexp_matches(next_line, '^.{10,}。')
            and not regexp_matches(next_line, '{{ elsewhere }}')
        ) as has_section,
        count(*) filter (where regexp_matches(line, '.{8,}。')) as sentence_count,
        -- It says what it is, or it sends the reader to a file or to another page.
        bool_or(regexp_matches(line, '{{ document_sign('preamble') }}')) as has_preamble,
        bool_or(regexp_matches(line, '{{ elsewhere }}')) as sends_elsewhere,
    from blocks
    group by document_id
),

-- A report may be little more than its table: rows on disclosure and applications, and their figures.
tables_found as (
    select
        cells.document_id,
        count(*) filter (
            where regexp_matches({{ squash('cells.text_regular') }}, '{{ document_sign('table_label') }}')
        ) as label_count,
        count(*) filter (
            where regexp_matches({{ squash('cells.text_regular') }}, '{{ document_sign('table_figure') }}')
        ) as figure_count,
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    group by cells.document_id
),

-- Or the form alone, filled in, in a file of its own: labels of the form each in a row of its own, with figures.
form_labels as (
    select distinct {{ label_key_full('label') }} as label_key from {{ ref('form_labels') }}
),

-- A blank form gives the codes of its rows and no figure.
code_columns as (
    select distinct cells.document_id, cells.table_no, cells.col_no
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    where regexp_full_match(cells.text_squashed, '{{ document_sign('code_column') }}')
),

rows_found as (
    select
        cells.document_id,
        cells.table_no,
        cells.row_no,
        min(form_labels.label_key) as label_key,
        bool_or(
            code_columns.col_no is null
            and regexp_matches(cells.text_squashed, '{{ document_sign('table_figure') }}')
        ) as has_figure,
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    left join form_labels on {{ label_key_full('cells.text_squashed') }} = form_labels.label_key
    left join code_columns
        on cells.document_id = code_columns.document_id
        and cells.table_no = code_columns.table_no
        and cells.col_no = code_columns.col_no
    group by cells.document_id, cells.table_no, cells.row_no
),

forms_found as (
    select
        document_id,
        count(distinct label_key) filter (where has_figure) >= {{ weight('rows_of_a_form_alone') }} as is_form,
    from rows_found
    group by document_id
),

judged as (
    select
        documents.document_id,
        titles.title,
        titles.title_evidence,
        titles.title_block_no,
        titles.title_line_count,
        coalesce(
            regexp_matches(
                titles.title,
                '{{ words('document_rules', "part = 'title' and document_class = 'annual_report'", 'pattern') }}'
            ),
            false
        ) as has_report_title,
        coalesce(parts_found.part_count, 0) as part_count,
        coalesce(parts_found.sentence_count, 0) as sentence_count,
        coalesce(parts_found.has_section, false)
        or coalesce(parts_found.has_preamble and not parts_found.sends_elsewhere, false)
        and coalesce(openings.report_title_count, 0) <= {{ weight('titles_in_a_report') }}
            as has_section_or_preamble,
        coalesce(parts_found.sends_elsewhere, false) as sends_elsewhere,
        case
            {%- for rule in rules %}
            when regexp_matches(
                {% if rule['part'] == 'title' %}titles.title{% else %}openings.opening{% endif %},
                {{ literal(rule['pattern']) }}
            )
                then {{ literal(rule['document_class'] ~ '|' ~ rule['rule_id']) }}
            {%- endfor %}
        end as ruling,
        case
            when openings.report_title_count >= {{ weight('titles_in_a_list') }}
                and coalesce(parts_found.part_count, 0) < {{ weight('parts_alone') }}
                then 'other|list_of_titles'
        end as list_ruling,
        case
            when parts_found.part_count >= {{ weight('parts_alone') }} and parts_found.tells_of_work
                then 'annual_report|parts_of_a_report'
            when parts_found.part_count >= {{ weight('parts_under_a_title') }}
                and titles.title_score >= {{ weight('plain_title') }}
                then 'annual_report|parts_of_a_report'
            else 'other|no_sign_of_a_report'
        end as content_ruling,
        coalesce(parts_found.tells_of_work, false)
        or coalesce(
            tables_found.label_count >= 1 and tables_found.figure_count >= {{ weight('figures_of_a_table') }}, false
        ) as tells_of_work,
        coalesce(forms_found.is_form, false) as is_form,
        documents.char_count,
    from documents
    left join titles on documents.document_id = titles.document_id
    left join openings on documents.document_id = openings.document_id
    left join parts_found on documents.document_id = parts_found.document_id
    left join tables_found on documents.document_id = tables_found.document_id
    left join forms_found on documents.document_id = forms_found.document_id
),

classified as (
    select
        *,
        case
            when list_ruling is not null then list_ruling
            -- The title of a report over nothing but a link to a file, over news of it, or over headings to be filled.
            when ruling like 'annual_report|%'
                and char_count < {{ weight('characters_of_a_report') }}
                and (part_count < {{ weight('parts_of_a_short_report') }} or sentence_count = 0 or sends_elsewhere)
                and not tells_of_work
                and not has_section_or_preamble
                then 'other|title_without_report'
            else coalesce(ruling, content_ruling)
        end as first_decision,
        if(
            is_form and first_decision in ('other|statistics_only', 'other|no_sign_of_a_report'),
            'annual_report|table_alone', first_decision
        ) as decision,
    from judged
),

named as (
    select
        document_id,
        split_part(decision, '|', 1) as document_class,
        split_part(decision, '|', 2) as class_reason,
        title,
        title_evidence,
        title_block_no,
        title_line_count,
        has_report_title,
        part_count,
    from classified
)

select * from named
