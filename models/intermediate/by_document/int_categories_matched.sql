with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select figures.*
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
    where not figures.is_about_something_else
        and figures.measure in ('', '条', '件', '篇', '份', '项', '则', '个', '部')
        and not figures.is_coordinated
),

figures_matched as (
    select matched.*
    from {{ ref('int_figures_matched') }} as matched
    inner join documents_to_build on matched.document_id = documents_to_build.document_id
    where matched.applies_to = 'figure'
),

totals as (
    select document_id, paragraph_no, min(place) as place
    from figures_matched
    where indicator_code in ('disclosure.total', 'disclosure.channel.website')
    group by document_id, paragraph_no
),

-- The noun before a figure, without the words that lead to it.
labelled as (
    select
        figures.*,
        matched.indicator_code as read_as,
        regexp_replace(
            regexp_replace(figures.before, '^.*(?:其中|包括|更新了?|公开了?|发布了?|涉及|新增|上传了?|为：|分别是|：)([^的信栏类情].+)$', '\1'),
            '^(?:其中|包括|涉及|主要|有|为|是|：|、|“|[①-⑳]|{{ list_marker() }})+|[”：]+$', '', 'g'
        ) as category_label,
        regexp_matches(figures.sentence_before, '其中|分别|类别|分类|按|中，|：')
            or regexp_matches(figures.opening_line, '类|其中|分') as is_listed,
        totals.place is not null
            or regexp_matches(figures.opening_line, '主动公开|公开[^。]{0,8}信息') as is_under_total,
    from figures
    left join figures_matched as matched
        on figures.document_id = matched.document_id and figures.figure_no = matched.figure_no
    left join totals
        on figures.document_id = totals.document_id and figures.paragraph_no = totals.paragraph_no
        and figures.sentence_place + figures.place > totals.place
),

categories as (
    select
        *,
        count(*) over (partition by document_id, paragraph_no) as siblings,
    from labelled
    where topic = 'disclosure'
        and (read_as is null or read_as in ('disclosure.normative', 'disclosure.normative_issued', 'disclosure.total', 'response.policy_interpretations'))
        and length(category_label) between 2 and 24
        and (is_listed or is_under_total)
        and is_under_total
        and not regexp_matches(category_label, '网站|微博|微信|公众号|公报|公开栏|公示栏|显示屏|平台|客户端|头条|抖音|报刊|电视|广播|申请|上半年|下半年|主动公开|政府信息$|^信息$|^全年|^共|历年|县政府|部门公开|乡镇|办公室公开|占')
        and not regexp_matches(before_raw, '(?:制作|印发|发放|悬挂|张贴|撤|删除|栏目|开设|受理|办理|接受)')
),

matched as (
    select
        document_id,
        paragraph_no,
        sentence_no,
        'disclosure.by_category' as indicator_code,
        category_label,
        value,
        qualifier,
        'narrative' as basis,
        period_part,
        scope_part,
        case when is_doubtful then 'doubtful' when siblings > 1 then 'certain' else 'likely' end as confidence,
        'category' as rule_id,
        sentence_place + place as place,
        piece_length as length,
    from categories
    where siblings > 1 or contains(before_all, '其中')
)

select * from matched
