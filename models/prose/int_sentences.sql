{{ config(materialized='by_document') }}

{%- set heading_inside = prose_pattern('heading_inside') -%}
{%- set cells_run_together = prose_pattern('cells_run_together') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

blocks as (
    select blocks.*
    from {{ ref('int_prose_blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
),

paragraphs as (
    select
        document_id,
        paragraph_no,
        bool_and(is_heading) as is_heading,
        arg_min(section, block_no) as section,
        arg_min(subheadings, block_no) as subheadings,
        string_agg(text, '' order by block_no) as text,
    from blocks
    group by document_id, paragraph_no
),

-- Figures inside a title or a name in quotation marks are no figures of the report: each becomes ※ at its place.
quotes_masked as (
    select
        * replace (
            case
                when regexp_matches(text, '[《“「]') then array_to_string(list_transform(
                    regexp_extract_all(text, '《[^》]{0,80}》|“[^”]{0,60}”|「[^」]{0,60}」|[^《“「]+|[《“「]'),
                    lambda piece: case
                        when regexp_matches(piece, '^[《“「].+')
                            then translate(piece, '0123456789一二三四五六七八九十百千万零。；', '※※※※※※※※※※※※※※※※※※※※※※※※※※')
                        else piece
                    end
                ), '')
                else text
            end as text
        ),
    from paragraphs
),

-- Items of a list stand under the line that opens the list: 按类别分：
with_opening_line as (
    select
        *,
        case
            when regexp_matches(text, '^{{ list_marker() }}') or length(text) < 40 then coalesce(
                last_value(case when regexp_matches(text, '[：:]'
                    '$') then right(text, 80) end ignore nulls) over under_heading, ''
            )
            else ''
        end as opening_line,
    from quotes_masked
    window under_heading as (
        partition by document_id, section order by paragraph_no
        rows between 12 preceding and 1 preceding
    )
),

parted as (
    select
        document_id,
        paragraph_no,
        is_heading,
        section,
        subheadings,
        opening_line,
        text as paragraph,
        unnest(regexp_extract_all(text, '[^。！？；]+[。！？；]*|[。！？；]+')) as text,
        generate_subscripts(regexp_extract_all(text, '[^。！？；]+[。！？；]*|[。！？；]+'), 1) as sentence_no,
    from with_opening_line
),

placed as (
    select
        *,
        (sum(length(text)) over in_paragraph - length(text))::integer as place,
        -- Sentences that only a semicolon parts make one period.
        count(*) filter (where regexp_matches(text, '[。！？]$')) over in_paragraph
            - regexp_matches(text, '[。！？]$')::integer as period_no,
        left(coalesce(lead(text) over in_paragraph, ''), 90) as next_text,
        -- Text crawled as one line has its headings inside: a sentence that begins with one stands under it.
        last_value(coalesce(
            nullif(regexp_extract(text, '{{ heading_inside }}', 1), ''),
            nullif(regexp_extract(text, '{{ prose_pattern("heading_as_sentence") }}', 1), ''),
            nullif(regexp_extract(text, '{{ prose_pattern("heading_as_sentence") }}', 2), '')
        ) ignore nulls) over in_paragraph as section_inside,
    from parted
    window in_paragraph as (partition by document_id, paragraph_no order by sentence_no)
),

-- What the reader has in mind at a sentence: up to 120 characters of the paragraph before it.
sentences as (
    select
        document_id,
        paragraph_no,
        sentence_no,
        period_no,
        place,
        is_heading,
        coalesce(section_inside, section) as section,
        if(section_inside is null, subheadings, '') as subheadings,
        opening_line,
        substring(paragraph, greatest(1, place - 119), least(place, 120)) as lead_in,
        text,
        next_text,
    from placed
    -- What goes on for longer without a stop is data, not prose, and so are a table's labels and figures run together.
    where length(text) <= 1000
        and not regexp_matches(text, '{{ cells_run_together }}')
)

select * from sentences
