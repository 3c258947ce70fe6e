{{ config(materialized='by_document') }}

{# What the page around a report that calls itself no more than 我局 tells of its name: where the breadcrumb stands, what
   the site is called, and the department that a word of the address is short for. Only what the report bears out. #}
{%- set endings = seed_rows(ref('agency_endings'), 'length(ending) desc, ending', 'in_breadcrumb') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

page_hints as (
    select page_hints.*
    from {{ ref('int_page_hints') }} as page_hints
    inner join documents_to_build on page_hints.document_id = documents_to_build.document_id
),

own_words as (
    select lines.document_id, string_agg(lines.line, '。' order by lines.line_no) as text
    from {{ ref('int_document_lines') }} as lines
    inner join documents_to_build on lines.document_id = documents_to_build.document_id
    where not lines.is_about_page
    group by lines.document_id
),

names_around as (
    select document_id, hint as name from page_hints
    where kind in ('breadcrumb', 'page_title')
        and regexp_matches(hint, '^\p{Han}{2,24}{{ words('agency_endings', 'in_breadcrumb', 'ending') }}$')
        and not regexp_matches(hint, '{{ words('no_agency_names', "seen_in = 'page'", 'pattern') }}')
    union all
    -- Of the address the words must tell too: the department's own, and more than once.
    select page_hints.document_id, departments.department
    from page_hints
    inner join {{ ref('address_departments') }} as departments on page_hints.hint = departments.label
    inner join own_words on page_hints.document_id = own_words.document_id
    where page_hints.kind = 'address'
        and len(string_split(own_words.text, left(departments.department, 2))) > 2
),

-- By what word a body calls itself behind 我 and 本: 委 is a 委员会.
called as (
    select
        *,
        case
            {%- for ending in endings %}
            when ends_with(name, {{ literal(ending['ending']) }}) then {{ literal(ending['self_word']) }}
            {%- endfor %}
            else right(name, 1)
        end as self_word,
    from names_around
),

borne_out as (
    select called.document_id, called.name
    from called
    inner join own_words on called.document_id = own_words.document_id
    where contains(own_words.text, '我' || called.self_word) or contains(own_words.text, '本' || called.self_word)
    -- Two departments of one ending leave it open.
    qualify count(distinct right(called.name, 3)) over (partition by called.document_id) = 1
)

select distinct * from borne_out
