{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

blocks as (
    select blocks.document_id, blocks.block_no, blocks.text
    from {{ ref('int_prose_blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    where regexp_matches(blocks.text, '(?:19|20)[0-9]{2}年|二[〇○零0][〇○零一二0-2][〇○零一二三四五六七八九0-9]年')
),

-- Every year named, in blocks that look like the title with more weight than in those on the period, and in those with
-- more than elsewhere.
years_named as (
    select
        document_id,
        translate(unnest(regexp_extract_all(
            text, '((?:19|20)[0-9]{2}|二[〇○零0][〇○零一二0-2][〇○零一二三四五六七八九0-9])年', 1
        )), '〇○零一二三四五六七八九', '000123456789')::integer as year,
        case
            when block_no <= 6 and length(text) < 80 and regexp_matches(text, '年度?[^。]{0,30}(?:年度?报告|年报)') then 20
            when regexp_matches(text, '统计(?:期限|时间|数据)|数据[^。]{0,10}统计') then 5
            else 1
        end as weight,
    from blocks
),

years_weighed as (
    select document_id, year, sum(weight) as weight from years_named group by document_id, year
),

report_years as (
    select document_id, arg_max(year, weight * 10000 - year) as report_year from years_weighed group by document_id
)

select * from report_years
