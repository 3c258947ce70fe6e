{{ config(materialized='by_document') }}

{# What a document is: an annual report, or another thing of those that lie in the same folders. #}
{%- set rules = seed_rows(ref('document_rules'), 'rule_order') -%}
{%- set section_words -%}
(总体情况|概述|概况|基本情况|工作情况|组织领导|主动公开|公开(政府)?信息|(政府)?信息公开|公开情况|依申请|收到和处理|.{0,8}复议|.{0,6}(问题|不足))
{%- endset -%}
{%- set elsewhere -%}附件|下载|点击|详见|链接|查看|全文{%- endset -%}
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
            and regexp_matches(lines.line, '公开.{0,20}(年度报告|年报)[^。；，]{0,14}$')
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
        bool_or(regexp_matches(line, '^.{0,12}(主动公开|公开的?政府信息|信息公开情况|公开情况)'))::integer
        + bool_or(regexp_matches(line, '^.{0,14}(依申请|收到和处理|申请公开)'))::integer
        + bool_or(regexp_matches(line, '复议.{0,12}诉讼'))::integer
        + bool_or(regexp_matches(line, '^.{0,14}(问题|不足|改进|打算|困难)'))::integer
        + bool_or(regexp_matches(line, '(收费|费用|减免)'))::integer
        + bool_or(regexp_matches(line, '(统计|数据|起止).{0,8}(期限|时限|时间|期间|截止|截至|时段)'))::integer
        + bool_or(regexp_matches(line, '其他需要(报告|说明)的'))::integer
        + bool_or(regexp_matches(
            line, '(编制|编成|撰写|公布|报告).{0,30}(年度报告|年报|情况)|(年度报告|年报).{0,20}(公布|编制)|报告如下'
        ))::integer
        as part_count,
        -- It speaks of its own year: 收到申请, 主动公开 with what was done.
        bool_or(
            regexp_matches(line, '(主动公开|公开(各类)?(政府)?信息|收到|受理|申请).{0,30}(\d|零|无|没有|未)')
            or regexp_matches(line, '(公开|发布|更新).{0,8}信息.{0,6}\d|(未|没有|无).{0,10}(收到|接到|受理|申请)')
            or regexp_matches(line, '(公开|发布|公布|公示|推送|上传|更新).{0,30}\d(余|多)?(条|篇|件|份|次|期|个)')
        ) as tells_of_work,
        -- A section that the regulations ask for, and a sentence under its heading.
        bool_or(
            length(line) <= 36
            and regexp_matches(line, '^（?[一二三四五六七八九十\d]*[、.）]{0,2}{{ section_words }}')
            and not regexp_matches(line, '[。；]')
            and regexp_matches(next_line, '^.{10,}。')
            and not regexp_matches(next_line, '{{ elsewhere }}')
        ) as has_section,
        count(*) filter (where regexp_matches(line, '.{8,}。')) as sentence_count,
        -- It says what it is, or it sends the reader to a file or to another page.
        bool_or(regexp_matches(
            line, '编制本(年度)?报告|报告如下|(统计|数据|起止).{0,8}(期限|时限|时间|期间|截止|截至|时段).{0,12}\d'
        )) as has_preamble,
        bool_or(regexp_matches(line, '{{ elsewhere }}')) as sends_elsewhere,
    from blocks
    group by document_id
),

-- A report may be little more than its table: rows on disclosure and applications, and their figures.
tables_found as (
    select
        cells.document_id,
        count(*) filter (where regexp_matches(
            {{ squash('cells.text_regular') }}, '(主动公开|公开).{0,10}(数|量|条)|(收到|受理)?.{0,6}申请.{0,6}(数|量|件)|信息类别'
        )) as label_count,
        count(*) filter (
            where regexp_matches({{ squash('cells.text_regular') }}, '^\d[\d,]*(\.\d+)?(条|件|次)?$')
        ) as figure_count,
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    group by cells.document_id
),

judged as (
    select
        documents.document_id,
        titles.title,
        titles.title_evidence,
        titles.title_block_no,
        titles.title_line_count,
        coalesce(parts_found.part_count, 0) as part_count,
        coalesce(parts_found.sentence_count, 0) as sentence_count,
        coalesce(parts_found.has_section, false)
        or coalesce(parts_found.has_preamble and not parts_found.sends_elsewhere, false)
        and coalesce(openings.report_title_count, 0) <= 2
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
            when openings.report_title_count >= 5 and coalesce(parts_found.part_count, 0) < 4
                then 'other|list_of_titles'
        end as list_ruling,
        case
            when parts_found.part_count >= 4 and parts_found.tells_of_work then 'annual_report|parts_of_a_report'
            when parts_found.part_count >= 3 and titles.title_score >= 4 then 'annual_report|parts_of_a_report'
            else 'other|no_sign_of_a_report'
        end as content_ruling,
        coalesce(parts_found.tells_of_work, false)
        or coalesce(tables_found.label_count >= 1 and tables_found.figure_count >= 3, false) as tells_of_work,
        documents.char_count,
    from documents
    left join titles on documents.document_id = titles.document_id
    left join openings on documents.document_id = openings.document_id
    left join parts_found on documents.document_id = parts_found.document_id
    left join tables_found on documents.document_id = tables_found.document_id
),

classified as (
    select
        *,
        case
            when list_ruling is not null then list_ruling
            -- The title of a report over nothing but a link to a file, over news of it, or over headings to be filled.
            when ruling like 'annual_report|%' and char_count < 400 and not tells_of_work
                and (part_count < 2 or sentence_count = 0 or sends_elsewhere) and not has_section_or_preamble
                then 'other|title_without_report'
            else coalesce(ruling, content_ruling)
        end as decision,
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
        part_count,
    from classified
)

select * from named
