{{ config(materialized='by_document') }}

{%- set label_kinds = seed_rows(ref('label_kinds'), 'kind_no') -%}
-- depends_on: {{ ref('label_kinds') }}
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
                '{{ prose_pattern("label_after_lead") }}', '\1'
            ),
            '{{ prose_pattern("label_without") }}', '\1', 'g'
        ) as label_before,
        -- 其余12条为工作动态
        if(
            regexp_full_match(label_before, '{{ prose_pattern("rest_of_a_list") }}'),
            regexp_extract(figures.after, '{{ prose_pattern("label_of_the_rest") }}', 1),
            ''
        ) as label_after,
        -- 财政预决算类公开1.12万条
        regexp_replace(if(label_after != '', label_after, label_before), '{{ prose_pattern("act_after_class") }}', '\1') as label,
    from figures
    left join rules_met
        on figures.document_id = rules_met.document_id and figures.figure_no = rules_met.figure_no
),

told_apart as (
    select
        *,
        -- 政务信息 is a class where others stand beside it.
        regexp_matches(
            if(label = '政务信息' and contains(before_raw, '其中') and starts_with(gap_after, '、'), '', label),
            '{{ label_kinds | map(attribute="pattern") | join("|") if label_kinds else "申请" }}'
        ) as is_no_category,
        -- 1.政策法规。…，共187项: the one figure of an item that begins with its name.
        count(*) over (partition by document_id, paragraph_no) = 1
            and regexp_matches(opening_line, '公开|信息')
            and regexp_matches(regexp_extract(subheadings, '([^＞]*)$', 1), '^{{ list_marker() }}[^。]{2,14}$')
            and (lead_in != '' or regexp_matches(sentence_before, '：'))
            and regexp_full_match(regexp_extract(before_raw, '([^、]*)$', 1), '{{ prose_pattern("item_named_by_heading") }}')
                as is_named_by_heading,
        coalesce(indicator_code in ('disclosure.total', 'disclosure.channel.website'), false)
            and not is_about_something_else as is_total,
        not is_about_something_else
            and (not is_coordinated or in_series)
            and not is_shared
            and regexp_full_match(measure, '{{ measure_words("item") }}?{{ prose_pattern("items_counted_otherwise") }}?')
            and not (topic = 'application' and measure in ('件', '宗'))
            and (
                indicator_code is null
                -- 主动公开规范性文件7件，公开率100%: a sentence of its own is no item of a list.
                or (
                    indicator_code = 'disclosure.normative'
                    and not (
                        regexp_matches(before_raw, '{{ prose_pattern("normative_disclosed") }}')
                        and regexp_matches(gap_after, '{{ prose_pattern("share_follows") }}')
                    )
                )
                or (
                    indicator_code = 'response.policy_interpretations'
                    -- 政策解读类17条: a class calls itself one.
                    and (regexp_matches(label, '{{ prose_pattern("class_by_its_name") }}') or regexp_matches(sentence_before, '其中|分别(?:是|为)：'))
                )
            )
            -- 目录1概述2主动公开: the numbers of a table of contents.
            and not (measure = '' and regexp_matches(gap_after, '^[^，、；。（）占]'))
            and (length(label) between 2 and 24 or is_named_by_heading)
            and (not contains(label, '主动公开') or regexp_matches(label, '^(?:应当?主动公开的其[他它]|其[他它]应?当?主动公开)'))
            and not is_no_category
            and not regexp_matches(before_all, '{{ prose_pattern("no_item_before") }}')
            and not regexp_matches(section || subheadings, '申请|复议|诉讼|收费')
            and not regexp_matches(section, '机构|保障') as is_item,
        -- 建议提案办理复文84件 and 县直单位22条 are no items, but the list goes on after them.
        not is_item
            and not is_about_something_else
            and not is_shared
            -- 环保信息248条，涉及企业87家: what an item is about ends no list.
            and not (
                indicator_code is null
                and (
                    regexp_matches(before, '{{ prose_pattern("told_of_an_item") }}')
                    or not regexp_matches(measure, '^{{ measure_words("item") }}$')
                )
            )
            and not (
                indicator_code is null
                and (is_no_category or regexp_matches(label, '栏$|主动公开'))
                and not regexp_matches(label, '{{ label_kinds | selectattr("kind", "equalto", "carrier") | map(attribute="pattern") | join("|") if label_kinds else "申请" }}')
            ) as is_other,
    from labelled
),

-- Items of one list follow each other; any other figure ends the list, except one of another year, a share, a total.
in_lists as (
    select
        *,
        max(case when is_total then sentence_place + place end) over up_to_here as total_place,
        max(case when is_total then period_no end) over up_to_here as total_period,
        -- 截至年底累计公开782条。其中，机构类4条: classes of what may be a running total.
        coalesce(arg_max(is_doubtful, figure_no) filter (where is_total) over up_to_here, false) as total_is_doubtful,
        count(*) filter (where is_other) over up_to_here as list_no,
        max(case when is_total then figure_no end) over up_to_here as total_figure_no,
        -- 动态类42条、公告类7条等；: what follows is no item of the list.
        max(case when regexp_matches(gap_after, '^等[；。]') then figure_no end) over before_here as end_figure_no,
        -- 在公开平台发布186条，包括机构设置7条: what the list is of, though no rule reads it.
        arg_max(if(coalesce(starts_with(indicator_code, 'disclosure'), true), value, -1), figure_no)
            filter (where is_other) over before_here as value_before,
        -- 265条中，组织机构3条: the total said again.
        max(case when is_other and not regexp_matches(after, '中'
            '$') then figure_no end) over up_to_here as last_other_figure_no,
        regexp_matches(
            regexp_extract(lead_in || sentence_before, '([^。]*)$', 1), '{{ prose_pattern("list_led_in") }}'
        ) as is_led_in,
        regexp_matches(opening_line, '{{ prose_pattern("list_opened") }}')
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
        -- ①工作动态216条；②通知公告64条；③收费与资助15条
        count(*) filter (where regexp_matches(before_raw, '{{ prose_pattern("mark_of_an_item") }}')) over in_list > 2
        or bool_or(regexp_matches(
            regexp_extract(subheadings, '([^＞]*)$', 1) || '＞' || lead_in || sentence_before, '{{ prose_pattern("list_of_classes") }}'
        )) over in_list as list_is_of_classes,
        bool_or(regexp_matches(before, '{{ prose_pattern("act_of_disclosing") }}')) over in_list
            and not bool_or(contains(sentence_before, '其中')) over in_list as list_has_verb,
        -- （一）概况信息12条，占7.3%；（二）计划总结8条，占4.8%
        count(*) filter (where regexp_matches(gap_after, '^（?，?(?:约)?(?:所)?占')) over in_list > 2
            and bool_or(regexp_matches(section || subheadings, '公开(?:政府)?(?:信息)?(?:的)?情况')) over in_list as list_has_shares,
        -- 政策法规33条，资金信息58条，工作动态71条, under the heading of what was disclosed.
        bool_and(
            measure = '{{ prose_pattern("section_measure") }}'
            and (regexp_matches(label, '{{ prose_pattern("class_named") }}') or not regexp_matches(label, '{{ prose_pattern("acts_not_items") }}'))
        ) over in_list
            and bool_or(regexp_matches(section || subheadings, '{{ prose_pattern("section_of_items") }}')) over in_list
                as list_is_of_section,
        -- 在主动公开的信息中，业务动态类信息175条，占100%: one class may be all.
        bool_or(regexp_matches(lead_in || sentence_before, '{{ prose_pattern("among_items_disclosed") }}')) over in_list
            and regexp_matches(label, '类') as is_class_of_items,
        -- （一）预算信息31条；（二）医院管理信息66条；…: what adds up to the total is how it is made up.
        coalesce(list_contains(totals_told.totals, sum(value) over in_list), false)
            or coalesce(min(value_before) over in_list = sum(value) over in_list, false) as list_makes_the_total,
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
            and topic not in ('application', 'review', 'litigation', 'complaint')
            -- 收费价格类 is what an item is about where a list of classes has it.
            and (list_is_of_classes or topic not in ('fee', 'consult'))
            and (
                list_is_of_classes
                or list_has_shares
                or list_is_of_section
                or list_makes_the_total
                or (
                    list_has_verb and length(label) <= 12
                    and not regexp_matches(label, '{{ prose_pattern("acts_not_items") }}')
                    and (regexp_matches(label, '{{ prose_pattern("class_named") }}') or not regexp_matches(label, '{{ prose_pattern("decisions") }}'))
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
            when is_doubtful or (total_is_doubtful and follows_total) then 'doubtful'
            when total_period = period_no and list_is_led_in then 'certain'
            else 'likely'
        end as confidence,
        'category' as rule_id,
        sentence_place + place as place,
        piece_length as length,
        -- Where the label stands: after the mark of the item, or the last place of these words before the figure.
        case
            when is_named_by_heading then length(regexp_extract(subheadings, '(?:^|＞)({{ list_marker() }})[^＞]*$', 1))
            when label_after != ''
                then sentence_place + place + piece_length + strpos(substring(sentence, place + piece_length + 1), label_after) - 1
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
