{{ config(materialized='by_document') }}

-- depends_on: {{ ref('number_subjects') }}
with documents_to_build as (
    {{ documents_to_build() }}
),

understood as (
    select distinct chosen.document_id, chosen.figure_no
    from {{ ref('int_figures_chosen') }} as chosen
    inner join documents_to_build on chosen.document_id = documents_to_build.document_id
),

not_understood as (
    select figures.*
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
    anti join understood
        on figures.document_id = understood.document_id and figures.figure_no = understood.figure_no
    where not figures.is_about_something_else
),

shown as (
    select
        document_id,
        figure_no,
        unnest(list_filter([
            {%- for row in seed_rows(ref('number_subjects'), 'subject_no') %}
            {%- set text = prose_place(row['place']) %}
            case when regexp_matches({{ text }}, {{ literal(row['pattern']) }})
                {%- if row['unless'] %} and not regexp_matches({{ text }}, {{ literal(row['unless']) }}){% endif %}
                {%- if row['topic'] %} and topic = '{{ row['topic'] }}'{% endif %}
                {%- if row['measures'] %} and regexp_full_match(measure, {{ literal(row['measures']) }}){% endif %}
                then {{ row['subject_no'] }} end,
            {%- endfor %}
            null::integer
        ], lambda subject_no: subject_no is not null)) as subject_no,
    from not_understood
),

figure_subjects as (
    select
        shown.document_id,
        shown.figure_no,
        subjects.subject_no,
        subjects.subject,
        subjects.reason,
        subjects.part_of,
    from shown
    inner join {{ ref('number_subjects') }} as subjects on shown.subject_no = subjects.subject_no
)

select * from figure_subjects
