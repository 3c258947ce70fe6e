{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select figures.*
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
),

rules_met as (
    select matched.document_id, matched.figure_no, matched.indicator_code, matched.value
    from {{ ref('int_figures_matched') }} as matched
    inner join documents_to_build on matched.document_id = documents_to_build.document_id
    where matched.applies_to = 'figure'
),

totals_told as (
    select document_id, list(distinct value) as totals
    from rules_met
    where indicator_code = 'disclosure.total'
    group by document_id
),

-- The noun before a figure, without the words that lead to it.
labelled as (
    select
        figures.*,
        rules_met.indicator_code,
        regexp_replace(
            regexp_replace(
                if(figures.in_series, figures.noun, figures.before),
                '^(?:.*[^息务])?(?:其中|包括|更新了?|公开了?|发布了?|公布了?|涉及|新增|上传了?|涵盖|为：|分别是|：)([^的信栏类情].+)$', '\1'
            ),
            '^.*“([^”]*)$|^(?:[一二三四五六七八九十]是|其中|其它为|包括|涉及|主要|含|(?:本|我)(?:单位|机关|局|委|镇|乡|街道)|[^“”]*”|）|有|为：|是|：|、|和|及|以及|（|[①-⑳]|{{ list_marker() }})+'
            '|：+$', '\1', 'g'
        ) as label,
    from figures
    left join rules_met
        on figures.document_id = rules_met.document_id and figures.figure_no = rules_met.figure_no
),

told_apart as (
    select
        *,
        -- 1.政策法规。…，共187项: the one figure of an item that begins with its name.
        count(*) over (partition by document_id, paragraph_no) = 1
            and regexp_matches(opening_line, '公开|信息')
            and regexp_matches(regexp_extract(subheadings, '([^＞]*)$', 1), '^{{ list_marker() }}[^。]{2,14}$')
            and (lead_in != '' or regexp_matches(sentence_before, '：'))
            and regexp_full_match(regexp_extract(before_raw, '([^、]*)$', 1), '(?:共计?|合计)?|.*(?:等|情况|方式|信息)(?:共计?|合计)?')
                as is_named_by_heading,
        coalesce(indicator_code in ('disclosure.total', 'disclosure.channel.website'), false)
            and not is_about_something_else as is_total,
        not is_about_something_else
            and (not is_coordinated or in_series)
            and not is_shared
            and regexp_full_match(measure, '{{ measure_words("item") }}?')
            and (
                indicator_code is null
                or indicator_code = 'disclosure.normative'
                or (indicator_code = 'response.policy_interpretations' and contains(sentence_before, '其中'))
            )
            -- 目录1概述2主动公开: the numbers of a table of contents.
            and not (measure = '' and regexp_matches(gap_after, '^[^，、；。（）占]'))
            and (length(label) between 2 and 24 or is_named_by_heading)
            and (not contains(label, '主动公开') or regexp_matches(label, '^应当?主动公开的其[他它]'))
            -- 政务信息 is a class where others stand beside it.
            and not regexp_matches(
                if(label = '政务信息' and contains(before_raw, '其中') and starts_with(gap_after, '、'), '', label),
                '网站|线上|线下|网上|微博|微信|公众号|政府公报|^公报|公开栏|公示栏|公告栏|显示屏|平台|客户端|头条|抖音|报刊|电视|广播|申请|上半年|下半年'
                '|^(?:政府|政务)?信息(?:公开信息)?$|电子化|^通过|^利用|^全年|^共|历年|政府及|部门公开|(?:本级|[县市区旗州](?:）|直)?)公开|(?:镇|乡|苏木|局|厅|委|办公室|街道|部门|县直|市直|区直)$|办公室公开|占|栏目|建议|提案|^(?:我|本)|新增$|^(?:共|累计)*(?:发布|公开|更新|上传|推送|公布|新增)$|入库|^上述|新媒体|揭示板|机关发布'
            )
            and not regexp_matches(before_all, '(?:制作|印发|发放|悬挂|张贴|撤|删除|开设|受理|办理|接受|召开|举办|组织(?:了|开展|参加|活动)|培训班|设立'
                '|牵头|制发|刊发|聘请|修订|收到|回复|答复|审查|审核|参加|(?:报送|上报)(?:政府|政务|各类)*信息$|(?:采用|录用|采纳)$)')
            and not regexp_matches(section || subheadings, '申请|复议|诉讼|收费')
            and not regexp_matches(section, '机构|保障') as is_item,
        -- 建议提案办理复文84件 is no item, but the list goes on after it.
        not is_item
            and not is_about_something_else
            and not is_shared
            and not (indicator_code is null and regexp_matches(label, '建议|提案|栏$|栏目|主动公开')) as is_other,
    from labelled
),

-- Items of one list follow each other; any other figure ends the list, except one of another year, a share, a total.
in_lists as (
    select
        *,
        max(case when is_total then sentence_place + place end) over up_to_here as total_place,
        max(case when is_total then period_no end) over up_to_here as total_period,
        count(*) filter (where is_other) over up_to_here as list_no,
        max(case when is_total then figure_no end) over up_to_here as total_figure_no,
        -- 动态类42条、公告类7条等；: what follows is no item of the list.
        max(case when regexp_matches(gap_after, '^等[；。]') then figure_no end) over before_here as end_figure_no,
        -- 265条中，组织机构3条: the total said again.
        max(case when is_other and not regexp_matches(after, '中'
            '$') then figure_no end) over up_to_here as last_other_figure_no,
        regexp_matches(
            regexp_extract(lead_in || sentence_before, '([^。]*)$', 1), '其中|分别|类别|分类|按[^，。]{0,10}分|中，|包括|涉及|具体'
                '|从[^，。]{2,10}看|：'
        ) as is_led_in,
        regexp_matches(opening_line, '类|其中|分|包括|如下')
            and regexp_matches(opening_line || section || subheadings, '公开') as is_opened,
    from told_apart
    window
        up_to_here as (
            partition by document_id, paragraph_no order by figure_no
            rows between unbounded preceding and current row
        ),
        before_here as (
            partition by document_id, paragraph_no order by figure_no
            rows between unbounded preceding and 1 preceding
        )
),

listed as (
    select
        in_lists.*,
        count(*) over (partition by document_id, paragraph_no, list_no) as items_in_list,
        count(*) over (partition by document_id, section, opening_line) as items_opened,
        count(*) filter (where is_named_by_heading) over (
            partition by document_id, section, opening_line
        ) as items_named,
        min(figure_no) over (partition by document_id, paragraph_no, list_no) as first_figure_no,
        bool_or(is_led_in) over (partition by document_id, paragraph_no, list_no) as list_is_led_in,
        bool_or(regexp_matches(lead_in || sentence_before, '按[^，。；]{0,10}(?:类|分)|类别|类(?:信息)?(?:数量?)?分别[为是]|(?:公开|新增|发布)的(?:政府|各类)*信息(?:里|中|当中)|公开(?:的)?(?:内容'
            '|信息)[^。；]{0,6}(?:包括|有|为|涉及)：')) over in_list as list_is_of_classes,
        bool_or(regexp_matches(before, '更新|公开|发布|公布|上传')) over in_list
            and not bool_or(contains(sentence_before, '其中')) over in_list as list_has_verb,
        -- （一）概况信息12条，占7.3%；（二）计划总结8条，占4.8%
        count(*) filter (where regexp_matches(gap_after, '^（?，?(?:约)?(?:所)?占')) over in_list > 2
            and bool_or(regexp_matches(section || subheadings, '公开(?:政府)?(?:信息)?(?:的)?情况')) over in_list as list_has_shares,
        -- 在主动公开的信息中，业务动态类信息175条，占100%: one class may be all.
        bool_or(regexp_matches(lead_in || sentence_before, '(?:主动公开|新增)的(?:政府|各类)*信息(?:里|中|当中)，')) over in_list
            and regexp_matches(label, '类') as is_class_of_items,
        -- （一）预算信息31条；（二）医院管理信息66条；…: what adds up to the total is how it is made up.
        coalesce(list_contains(totals_told.totals, sum(value) over in_list), false) as list_makes_the_total,
    from in_lists
    left join totals_told using (document_id)
    where is_item
    window in_list as (partition by document_id, paragraph_no, list_no)
),

told as (
    select
        *,
        -- After a total, in the same period or in one that says that it lists.
        total_figure_no >= coalesce(last_other_figure_no, 0) and total_figure_no > coalesce(end_figure_no, 0) and (
            (total_period = period_no and (list_is_led_in or items_in_list > 1))
            or (
                total_period = period_no - 1 and list_is_led_in
                and (items_in_list > 1 or contains(before_all, '其中'))
            )
        ) as follows_total,
        -- Under a line that opens a list.
        (is_opened and items_opened > 1) or (is_named_by_heading and items_named > 1) as stands_under_line,
        -- So many items in a row that nothing else is meant.
        (items_in_list > 2 or is_class_of_items)
            and topic not in ('application', 'review', 'litigation', 'complaint', 'fee', 'consult')
            and (
                list_is_of_classes
                or list_has_shares
                or list_makes_the_total
                or (
                    list_has_verb and length(label) <= 12
                    and not regexp_matches(label, '许可|处罚|强制|采购|招标|中标')
                )
            ) as stands_in_row,
    from listed
),

matched as (
    select
        document_id,
        paragraph_no,
        sentence_no,
        'disclosure.by_category' as indicator_code,
        value,
        qualifier,
        'narrative' as basis,
        period_part,
        scope_part,
        case
            when is_doubtful then 'doubtful'
            when total_period = period_no and list_is_led_in then 'certain'
            else 'likely'
        end as confidence,
        'category' as rule_id,
        sentence_place + place as place,
        piece_length as length,
        -- Where the label stands: after the mark of the item, or the last place of these words before the figure.
        case
            when is_named_by_heading then length(regexp_extract(subheadings, '(?:^|＞)({{ list_marker() }})[^＞]*$', 1))
            else sentence_place + length(sentence_before) + 1
                - strpos(reverse(sentence_before), reverse(label)) - length(label)
        end as label_place,
        case
            when is_named_by_heading then length(regexp_extract(subheadings, '(?:^|＞){{ list_marker() }}([^＞]*)$', 1))
            else length(label)
        end as label_length,
    from told
    -- Normative documents alone are an indicator of their own, beside others they are a category too.
    where (items_in_list > 1 or indicator_code is null)
        and (follows_total or stands_under_line or stands_in_row)
)

select * from matched
