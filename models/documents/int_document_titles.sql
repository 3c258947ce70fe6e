{{ config(materialized='by_document') }}

{# The title of each document: the best of what its first lines, alone or two or three together, its properties and its
   file name offer. #}
{%- set rules = seed_rows(ref('title_rules'), 'rule_order') -%}
{%- set site_before_title = '^\\s*\\S{2,24}(?:网|网站|人民政府|平台|门户)\\s+([\\p{Han}（）]{2,24}' ~ words('agency_endings', "kind in ('department', 'branch', 'committee', 'township')", 'ending') ~ '(?:关于)?(?:19|20)\\d\\d)' -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

documents as (
    select documents.*
    from {{ ref('stg_raw__documents') }} as documents
    inner join documents_to_build on documents.document_id = documents_to_build.document_id
),

-- Lines that can be (a part of) a title: short, no sentence, no heading of a section, no number of a document.
opening_lines as (
    select
        lines.document_id,
        lines.block_no,
        lines.line,
        row_number() over (partition by lines.document_id order by lines.line_no) as place,
        count(*) over (partition by lines.document_id, lines.block_no) > 1 as is_part_of_block,
        not regexp_matches(
            lines.line,
            '[。；：，]|^[一二三四五六七八九十]+[、.]|^（[一二三四五六七八九十\d]+）|^\d+[.、]|'
            || '[〔\[（]\d{4}[〕\]）]\d*号|^第[一二三四五六七八九十]+[章条]'
        )
        and length(lines.line) <= 60 as may_be_title,
    from {{ ref('int_document_lines') }} as lines
    inner join documents_to_build on lines.document_id = documents_to_build.document_id
    where lines.line_no <= 15 and not lines.is_about_page
),

joined_lines as (
    select document_id, block_no, place, is_part_of_block, 1 as line_count, line as title, 'body' as evidence
    from opening_lines
    where may_be_title
    union all
    select
        first_line.document_id, first_line.block_no, first_line.place, first_line.is_part_of_block, 2,
        first_line.line || second_line.line, 'body',
    from opening_lines as first_line
    inner join opening_lines as second_line
        on first_line.document_id = second_line.document_id and first_line.place + 1 = second_line.place
    where first_line.may_be_title and second_line.may_be_title
    union all
    select
        first_line.document_id, first_line.block_no, first_line.place, first_line.is_part_of_block, 3,
        first_line.line || second_line.line || third_line.line, 'body',
    from opening_lines as first_line
    inner join opening_lines as second_line
        on first_line.document_id = second_line.document_id and first_line.place + 1 = second_line.place
    inner join opening_lines as third_line
        on first_line.document_id = third_line.document_id and first_line.place + 2 = third_line.place
    where first_line.may_be_title and second_line.may_be_title and third_line.may_be_title
),

property_titles as (
    select
        document_id,
        -- A page title ends with the site's name: 年度报告_某县人民政府, 年度报告 - 信息公开; or that stands before the report's,
        -- where a blank parts them and the report names a body of its own: 某市红盾信息网 某市工商局2010年年度报告.
        regexp_extract(
            {{ squash(regularise("regexp_replace(properties ->> 'title', '" ~ site_before_title ~ "', '\\1')")) }},
            '^(.+?)(_|\||--|—|$)', 1
        ) as title,
    from documents
),

-- Some pages and forms set the title in a cell.
cell_titles as (
    select cells.document_id, cells.text_squashed as title
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    where cells.table_no <= 2 and cells.row_no <= 3 and length(cells.text_squashed) between 8 and 60
        and regexp_matches(cells.text_squashed, '{{ words('title_rules', "rule_id = 'report'", 'pattern') }}')
),

-- 标题：甲局2012年政府信息公开年度报告 发布机构：甲局: the head that a crawler or a portal puts before a page.
labelled_titles as (
    select
        lines.document_id,
        regexp_replace(
            regexp_extract(lines.line, '{{ words('page_labels', "says = 'title'", 'label') }}：《?(.+)$', 1),
            '》?({{ words('page_labels', column='label') }}.*)?$',
            ''
        ) as title,
    from {{ ref('int_document_lines') }} as lines
    inner join documents_to_build on lines.document_id = documents_to_build.document_id
    where lines.line_no <= 5
),

candidates as (
    select * from joined_lines
    where length(title) <= 90
    union all
    select document_id, null, 80, false, 1, title, 'cell' from cell_titles
    union all
    select document_id, null, 85, false, 1, title, 'cell' from labelled_titles
    where length(title) between 6 and 60
    union all
    select document_id, null, 90, false, 1, title, 'property' from property_titles
    where title != ''
    union all
    select document_id, null, 95, false, 1, {{ squash('file_stem') }}, 'file_name' from documents
),

scored as (
    select
        *,
        case
            {%- for rule in rules %}
            when line_count >= {{ rule['least_lines'] }} and regexp_matches(title, {{ literal(rule['pattern']) }})
                then {{ rule['score'] }}
            {%- endfor %}
            when evidence = 'body' and line_count = 1 and place = 1 then {{ weight('first_line_as_title') }}
            else 0
        end as title_score,
        regexp_matches(title, '(19|20)\d\d|二[〇○零o一二三四五六七八九]{3}年')::integer
        + regexp_matches(
            regexp_extract(title, '^(.*?)(政府|政务)?(信息)?公开', 1),
            '{{ title_word('whose') }}'
        )::integer as detail_score,
    from candidates
),

best as (
    select
        document_id,
        block_no as title_block_no,
        -- The blocks that the title fills: none where it is the beginning of a block that goes on.
        case when is_part_of_block then 0 else line_count end as title_line_count,
        title,
        evidence as title_evidence,
        title_score,
    from scored
    where title_score > 0
    qualify row_number() over (
        partition by document_id
        order by
            -- What the document itself shows comes before what its properties and its name say.
            case when title_score >= {{ weight('plain_title') }} then 0 else 1 end,
            case evidence when 'body' then 1 when 'cell' then 2 when 'property' then 3 else 4 end,
            title_score desc,
            detail_score desc,
            line_count,
            place
    ) = 1
)

select * from best
