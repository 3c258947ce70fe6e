{# The first and last lines of each document without blanks: what says whose report it is, of when. #}
with documents_to_build as (
    {{ documents_to_build() }}
),

numbered as (
    select
        blocks.document_id,
        blocks.block_no,
        blocks.text_regular,
        row_number() over (partition by blocks.document_id order by blocks.block_no) as line_no,
        row_number() over (partition by blocks.document_id order by blocks.block_no desc) as line_no_from_end,
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    where blocks.kind in ('heading', 'paragraph') and regexp_matches(blocks.text_regular, '\S')
),

first_and_last as (
    select
        document_id,
        block_no,
        left({{ squash('text_regular') }}, 800) as line,
        line_no,
        line_no_from_end,
    from numbered
    where line_no <= 20 or line_no_from_end <= 15
),

marked as (
    select
        *,
        -- 索引号、来源、浏览次数: what a portal says of the page, not what the report says.
        regexp_matches(
            line,
            '^(索引号|信息索引|主题分类|发布机构|发文机关|信息来源|文章来源|来源|作者|名称|文号|有效性|'
            || '发布时间|发布日期|发文日期|成文日期|生成日期|公开日期|日期|时间|'
            || '当前位置|您的位置|首页|浏览|点击|字号|字体|打印|分享|今天是|打开|下载)'
        )
        and length(line) <= 200
        and not regexp_matches(line, '。') as is_about_page,
    from first_and_last
)

select * from marked
