{{ config(materialized='by_document') }}

{# The places of each report that may name its agency: title, signature, head of the form, preamble, properties, file
   name and what the portal says, each cut down to the name. #}
{%- set rules = seed_rows(ref('agency_phrases'), 'phrase_order') -%}
{%- set repairs = seed_rows(ref('agency_name_repairs'), 'repair_no', "applies_to != 'signature_line'") -%}
{%- set signed_name = namespace(sql='line') -%}
{%- for repair in seed_rows(ref('agency_name_repairs'), 'repair_no', "applies_to = 'signature_line'") -%}
    {%- set signed_name.sql = repaired_name(signed_name.sql, repair) -%}
{%- endfor -%}
{#- Whole titles and names need less mending than what was cut out of running text. -#}
{%- set applies = {
    'any': 'true',
    'sentence': "source = 'preamble'",
    'running_text': "source not in ('manifest', 'title', 'property', 'file_name')",
} -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select
        classified.document_id,
        classified.title,
        classified.title_evidence,
        classified.title_block_no,
        classified.title_line_count,
        documents.file_stem,
        {{ squash(regularise("documents.properties ->> 'title'")) }} as title_property,
        documents.manifest_agency,
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    inner join {{ ref('stg_raw__documents') }} as documents on classified.document_id = documents.document_id
    where classified.document_class = 'annual_report'
),

lines as (
    select lines.*, reports.title_block_no, reports.title_line_count
    from {{ ref('int_document_lines') }} as lines
    inner join reports on lines.document_id = reports.document_id
),

openings as (
    select document_id, string_agg(line, '。' order by line_no) as opening
    from lines
    where line_no <= 8 and not is_about_page
        and not coalesce(block_no between title_block_no and title_block_no + title_line_count - 1, false)
    group by document_id
),

-- A line that holds nothing but a name (and a day, or 盖章).
signatures as (
    select
        document_id,
        block_no,
        case when line_no_from_end <= 15 then 'signature' else 'signature_above' end as source,
        {{ signed_name.sql }} as name,
    from lines
    where length(line) <= 48
        and not is_about_page
        and not regexp_matches(line, '^（?[一二三四五六七八九十\d]+[）、.]')
        and (
            line_no_from_end <= 15
            or line_no <= 6 and block_no >= coalesce(title_block_no + title_line_count, 1)
        )
),

-- Held: else the conditions below are met in each branch of the union, and its phrases are worked out twice.
phrases as materialized (
    select document_id, 'manifest' as source, null::bigint as block_no, {{ squash('manifest_agency') }} as phrase
    from reports
    union all
    select document_id, 'title', title_block_no, {{ head_of_title('title') }}
    from reports
    where title_evidence != 'file_name'
    union all
    select document_id, source, block_no, name
    from signatures
    where regexp_matches(name, '^[\p{Han}（）、]{3,40}{{ words('agency_endings', 'in_signature', 'ending') }}$')
    union all
    select document_id, 'property', null, {{ head_of_title('title_property') }}
    from reports
    where regexp_matches(title_property, '{{ title_word('subject') }}')
    union all
    select document_id, 'file_name', null, {{ head_of_title(squash('file_stem')) }}
    from reports
    where regexp_matches(file_stem, '{{ title_word('subject') }}')
    union all
    select site_names.document_id, 'site', null, site_names.name
    from {{ ref('int_site_names') }} as site_names
    inner join reports on site_names.document_id = reports.document_id
    union all
    select
        labels.document_id,
        case page_labels.says when 'reporter' then 'form_header' else 'portal' end,
        null,
        labels.value,
    from {{ ref('int_document_labels') }} as labels
    inner join reports on labels.document_id = reports.document_id
    inner join {{ ref('page_labels') }} as page_labels on labels.label = page_labels.label
    where page_labels.says in ('reporter', 'publisher')
    {%- for rule in rules %}
    union all
    select
        document_id,
        {{ literal(rule['source']) }},
        {{ 'block_no' if rule['looks_in'] == 'line' else 'null' }},
        unnest(
            regexp_extract_all({{ rule['looks_in'] }}, {{ literal(agency_pattern(rule['pattern'])) }}, 1)
            [:{{ rule['at_most'] or '' }}]
        ),
    from {{ rule['looks_in'] }}s
    {%- endfor %}
),

mended_0 as (
    select document_id, source, block_no, phrase
    from phrases
    where phrase is not null and phrase != ''
),

-- Each repair takes the name as the one before it left it.
{%- for repair in repairs %}
mended_{{ loop.index }} as (
    select
        document_id,
        source,
        block_no,
        case when {{ applies[repair['applies_to']] }} then {{ repaired_name('phrase', repair) }} else phrase end as phrase,
    from mended_{{ loop.index0 }}
),
{% endfor %}
ranked as (
    select distinct on (repaired.document_id, repaired.source, repaired.phrase)
        repaired.document_id,
        sources.source_rank,
        repaired.source,
        repaired.block_no,
        repaired.phrase,
    from mended_{{ repairs | length }} as repaired
    left join {{ ref('agency_sources') }} as sources on repaired.source = sources.source
    order by repaired.block_no desc nulls last
),

numbered as (
    select
        *,
        row_number() over (
            partition by document_id order by source_rank, block_no desc nulls last, phrase
        ) as phrase_no,
    from ranked
    where length(phrase) between 2 and 45
        and not regexp_matches(phrase, '{{ words('no_agency_names', "seen_in = 'phrase'", 'pattern') }}')
)

select * from numbered
