{{ config(materialized='by_document') }}

{%- set wholes = [] -%}
{%- set rules = seed_rows(ref('prose_figures'), 'rule_no') -%}
{%- set of_a_body = prose_pattern('of_a_body') -%}
{%- set ways_and_outcomes -%}
(?:当面|现场|网络|网上|网站|在线|线上|信函|信件|邮寄|邮件|传真|自然人|法人|企业|公民|个人|组织|公开|不存在|不属于|无法提供|不予|补正)
{%- endset -%}
{%- set parts_of_applications -%}
(?:[（，、；：]*(?:其中|包括|含)?[，：]?(?:[^，、；：。（）0-9]{0,16}{{ ways_and_outcomes }}[^，、；。（）0-9]{0,12}[0-9]+{{ measure_words('case') }}?|[0-9]+{{ measure_words('case') }}[^，、；。（）0-9]{0,16}{{ ways_and_outcomes }}[^，、；。（）0-9]{0,12})(?:（[^）]*）)?(?:，占[^，；。）]*)?）?|，(?:较|比|同比|与)[^，；。]*)*
{%- endset -%}
{%- set decided = prose_pattern('decided') -%}
{%- for rule in rules if rule['whole'] -%}
    {%- for code in rule['whole'].split('|') if literal(code) not in wholes -%}{%- do wholes.append(literal(code)) -%}{%- endfor -%}
{%- endfor -%}
-- depends_on: {{ ref('prose_figures') }}
with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select
        figures.* exclude (section, subheadings, opening_line, lead_in, clauses_after),
        figures.section as under_section,
        figures.section || '＞' || figures.subheadings as stands_under,
        substring(sentence, place + piece_length + 1) as rest_of_sentence,
        regexp_matches(regexp_extract(lead_in || sentence_before, '([^。]*)$', 1), '{{ prose_pattern("among_parts") }}') as is_among_parts,
        -- What is said of the figure after it, up to the words that lead to the next one.
        case
            when regexp_matches(gap_after, '[。；]$') then gap_after else regexp_replace(gap_after, '[^，；：（）]*$', '')
        end as said_after,
        -- What must not stand beside the figure is looked for here.
        if(is_coordinated, noun, before_raw || '＃' || after) as beside,
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
),

-- Sentences that only say of all what became of them.
sentences_of_all as (
    select *
    from (
        select
            sentences.document_id,
            sentences.paragraph_no,
            sentences.sentence_no,
            sentences.section || '＞' || sentences.subheadings as stands_under,
            if(
                regexp_matches(sentences.text, '{{ prose_pattern("sentence_of_all") }}'),
                regexp_extract(sentences.text, '{{ prose_pattern("clause_of_all") }}'),
                if(
                    regexp_matches(sentences.text, '{{ prose_pattern("sentence_of_others") }}'),
                    '',
                    regexp_extract(sentences.text, '{{ prose_pattern("clause_of_all_at_end") }}')
                )
            ) as clause,
        from {{ ref('int_sentences') }} as sentences
        inner join documents_to_build on sentences.document_id = documents_to_build.document_id
        where not sentences.is_heading
    ) as clauses
    where clause != '' and not regexp_matches(clause, '{{ prose_pattern("clause_of_some") }}')
),

rules as (
    select * from {{ ref('prose_figures') }}
),

chosen as (
    select
        figures.* replace (coalesce(chosen.told_value, figures.value) as value),
        chosen.rule_id,
        chosen.indicator_code,
        chosen.applies_to,
        chosen.confidence,
    from figures
    inner join {{ ref('int_figures_chosen') }} as chosen
        on figures.document_id = chosen.document_id and figures.figure_no = chosen.figure_no
),

figures_matched as (
    select * from chosen
    where applies_to = 'figure'
),

also_matched as (
    select * from chosen
    where applies_to = 'also'
),

-- Rules that read one figure as another indicator too, by the indicator that they look at.
rules_of_wholes as (
    select rule_id, indicator_code, applies_to, confidence, whole as all_codes, unnest(string_split(whole, '|')) as whole_code
    from rules
    where whole is not null
),

-- 收到现场申请2件: where a report tells of one way only, its figure is the whole.
alone_matched as (
    select
        figures_matched.* replace (
            alone_rules.rule_id as rule_id,
            alone_rules.indicator_code as indicator_code,
            alone_rules.applies_to as applies_to,
            alone_rules.confidence as confidence
        ),
    from figures_matched
    inner join rules_of_wholes as alone_rules
        on figures_matched.indicator_code = alone_rules.whole_code and alone_rules.applies_to = 'alone'
    where case alone_rules.rule_id
        {%- for rule in rules if rule['applies_to'] == 'alone' %}
        when '{{ rule['rule_id'] }}' then regexp_matches(figures_matched.noun, {{ literal(rule['noun']) }})
            {%- if rule['unless'] %} and not regexp_matches(figures_matched.beside, {{ literal(rule['unless']) }}){% endif %}
            and not contains(figures_matched.before_all, '其中')
        {%- endfor %}
        else false
    end
        and not exists (
            select 1
            from figures_matched as others
            where others.document_id = figures_matched.document_id
                and others.figure_no != figures_matched.figure_no
                and (
                    starts_with(others.indicator_code, alone_rules.indicator_code)
                    -- 直接起诉0件；复议后起诉1件: two ways are told of.
                    or contains(alone_rules.all_codes, others.indicator_code)
                )
        )
),

-- 收到申请5件。5件均已答复: the whole told again, under the same heading, for what is said of all of it.
told_again as (
    select figures.* replace (figures.value as value), wholes.rule_id, wholes.indicator_code, wholes.applies_to, wholes.confidence
    from figures
    inner join (
        select * from figures_matched
        union all by name
        select * from alone_matched
    ) as wholes
        on figures.document_id = wholes.document_id
        and figures.under_section = wholes.under_section
        and figures.figure_no > wholes.figure_no
        and figures.value = wholes.value
        and (
            figures.measure = wholes.measure
            or regexp_full_match(figures.measure || '/' || wholes.measure, '{{ measure_words("case") }}/{{ measure_words("case") }}')
        )
    left join {{ ref('int_figures_chosen') }} as read_otherwise
        on figures.document_id = read_otherwise.document_id and figures.figure_no = read_otherwise.figure_no
    where wholes.indicator_code in ({{ wholes | join(', ') if wholes else "''" }})
        and not figures.is_about_something_else
        and wholes.indicator_code is distinct from read_otherwise.indicator_code
        and regexp_full_match(figures.before, '{{ prose_pattern("whole_again_before") }}')
        and regexp_matches(figures.rest_of_sentence, '{{ prose_pattern("whole_again_after") }}')
),

-- 收到申请5件。…上述申请均已办结: a sentence without a figure of its own that tells of all, after the whole.
told_later as (
    select
        wholes.* replace (
            '，' || later.clause as said_after,
            '，' || later.clause as rest_of_sentence,
            '' as next_text
        ),
    from (
        select * from figures_matched
        union all by name
        select * from alone_matched
    ) as wholes
    inner join sentences_of_all as later
        on wholes.document_id = later.document_id
        and (
            (wholes.paragraph_no = later.paragraph_no and wholes.sentence_no < later.sentence_no)
            or (wholes.paragraph_no = later.paragraph_no - 1 and wholes.stands_under = later.stands_under and later.sentence_no = 1)
        )
    where wholes.indicator_code = 'application.received' or starts_with(wholes.indicator_code, 'appeal.')
    qualify row_number() over (
        partition by later.document_id, later.paragraph_no, later.sentence_no order by wholes.figure_no desc
    ) = 1
),

-- 收到申请5件，其中网络申请3件、信函申请2件，全部办结: what is said once the parts of the figure are told. Held: else the
-- patterns below are compiled for each branch of its union.
wholes_matched as materialized (
    select
        * replace (
            -- 行政复议2件，审结2件，均维持: that all were decided is passed over.
            case
                when starts_with(indicator_code, 'appeal.litigation') and contains(said_after, '复议')
                    then regexp_replace(said_after, '[^，；。]*复议[^，；。]*', '', 'g')
                when starts_with(indicator_code, 'appeal.review') and contains(said_after, '诉讼')
                    then regexp_replace(said_after, '[^，；。]*诉讼[^，；。]*', '', 'g')
                when starts_with(indicator_code, 'appeal.')
                    and regexp_extract(rest_of_sentence, '{{ decided }}', 1) = value::bigint::varchar
                    then regexp_replace(rest_of_sentence, '{{ decided }}.*$', '\2')
                else said_after
            end as said_after
        ),
        case when starts_with(indicator_code, 'application.')
            then regexp_replace(rest_of_sentence || next_text, '^{{ parts_of_applications }}', '')
        end as said_after_parts,
    from (
        select * from figures_matched
        union all by name
        -- 行政诉讼2件，均系复议后起诉，均维持: how they were brought is said of the same figure.
        select * from also_matched
        where starts_with(indicator_code, 'appeal.litigation_')
        union all by name
        select * from alone_matched
        union all by name
        select * from told_again
        union all by name
        select * from told_later
    ) as wholes
    where indicator_code in ({{ wholes | join(', ') if wholes else "''" }})
        -- 上年转来的2件和新收的17件均已办结: of the two together.
        and not regexp_matches(before_all, '{{ prose_pattern("together_with") }}')
),

-- 行政诉讼3件，均判决维持: what is said of all of them.
of_all as (
    select
        wholes_matched.* replace (
            whole_rules.rule_id as rule_id,
            whole_rules.indicator_code as indicator_code,
            whole_rules.confidence as confidence
        ),
    from wholes_matched
    inner join rules_of_wholes as whole_rules
        on wholes_matched.indicator_code = whole_rules.whole_code and whole_rules.applies_to = 'all_of_it'
    where case whole_rules.rule_id
        {%- for rule in rules if rule['applies_to'] == 'all_of_it' %}
        {%- set all_of_them = '(?:均|全部|都|皆|逐一|一一|一律)' %}
        {#- 已全部答复：予以公开1件 tells of one of them. #}
        {%- set and_no_figure = prose_pattern('and_no_figure') if rule['indicator_code'].startswith('application.outcome') else '' %}
        {%- set said_later = '^[，；。）]*[^0-9；。]{0,40}?' ~ all_of_them ~ '[^，；。0-9]*(?:' ~ rule['after'] ~ ')' ~ and_no_figure %}
        when '{{ rule['rule_id'] }}' then (
            (wholes_matched.value = 1
                and regexp_matches(wholes_matched.said_after, {{ literal('^[^；。]*(?:' ~ rule['after'] ~ ')') }}))
            or regexp_matches(
                wholes_matched.said_after, {{ literal(all_of_them ~ '[^，；。]*(?:' ~ rule['after'] ~ ')') }}
            )
            {%- if rule['whole'].startswith('application') %}
            -- 收到申请3件，已按要求答复
            or regexp_matches(wholes_matched.said_after, {{ literal(
                '^[，（](?:现|目前|并)?(?:已|依法|按时|按期)[^，；。]{0,24}(?:' ~ rule['after'] ~ ')[^0-9件]{0,6}(?:[，；。）]|$)'
            ) }})
            or regexp_matches(wholes_matched.said_after_parts, {{ literal(said_later) }})
            {%- endif %}
            {%- if rule['whole'].startswith('appeal') %}
            -- 行政复议2件，省厅、市政府分别作出维持决定
            or regexp_matches(wholes_matched.said_after, {{ literal(
                prose_pattern('by_each') ~ '(?:' ~ rule['after'] ~ ')' ~ prose_pattern('no_other_result')
            ) }})
            -- 行政诉讼2件，其中直接起诉1件、复议后起诉1件，结果均为维持: how they were brought stands between.
            or regexp_matches(wholes_matched.rest_of_sentence, {{ literal(
                prose_pattern('how_brought') ~ all_of_them ~ '[^，；。0-9]*(?:' ~ rule['after'] ~ ')'
            ) }})
            -- 行政复议2件、行政诉讼1件，复议均维持
            or regexp_matches(wholes_matched.rest_of_sentence, {{ literal(
                '[，；]' ~ ('行?政?复议' if 'review' in rule['whole'] else '行?政?诉讼') ~ '[^，；。0-9]*(?:均|全部|都|皆|全)[^，；。0-9]*(?:' ~ rule['after'] ~ ')'
            ) }})
            -- 行政复议、行政诉讼分别为1件、0件，复议结果为撤销
            or (wholes_matched.value = 1 and regexp_matches(wholes_matched.rest_of_sentence || wholes_matched.next_text, {{ literal(
                ('复议' if 'review' in rule['whole'] else '(?:诉讼|法院|判决)') ~ '(?:的)?(?:结果|机关'
                    '|决定)?[^，；。0-9]*(?:' ~ rule['after'] ~ ')[^，；。0-9]*(?:[，；。]|$)'
            ) }}))
            {%- endif %}
        )
        {%- if rule['unless'] %}
            and not regexp_matches(
                {%- if rule['whole'].startswith('application') %}
                wholes_matched.said_after || '＃' || regexp_extract(wholes_matched.said_after_parts, '^[，；。）]*[^；。0-9]*'),
                {%- else %} wholes_matched.said_after, {% endif -%}
                {{ literal(rule['unless']) }}
            )
        {%- endif %}
        {%- endfor %}
        else false
    end
),

all_matched as (
    select *, regexp_matches(before_all, '{{ of_a_body }}') as is_of_a_body
    from (
        select * from figures_matched
        union all by name
        select * from also_matched
        union all by name
        select * from alone_matched
        union all by name
        select * from of_all
    ) as readings
),

matched as (
    select
        document_id,
        figure_no,
        paragraph_no,
        sentence_no,
        quantity_no,
        indicator_code,
        value,
        qualifier,
        case when regexp_matches(piece, '^零') then 'negation' else 'narrative' end as basis,
        period_part,
        -- 解读12篇，其中视频解读2条: the second is a part of the first.
        case
            when lag(figure_no) over same_indicator is not null and contains(regexp_extract(sentence_before, '([^；'
                ']*)$', 1), '其中')
                and applies_to = 'figure' and not is_coordinated
                -- 累计公开893条，其中本年度新增211条: the later one is the year's.
                and not regexp_matches(before_all, '{{ prose_pattern("new_in_the_year") }}')
                then 'part'
            else scope_part
        end as scope_part,
        case when is_doubtful then 'doubtful' else confidence end as confidence,
        -- 主动公开61条。其中，通知43条，…管理公开2条; 全县收到20件，县教育局收到8件
        applies_to = 'figure'
            and (
                -- 县政府公开办公开62条, after what the whole county disclosed
                (
                    indicator_code = 'disclosure.total' and is_of_a_body
                    and coalesce(max(value) filter (where not is_of_a_body) over before_in_document >= value, false)
                )
                or coalesce(max(value) filter (where not is_of_a_body) over before_in_paragraph >= value, false)
            )
            and (
                (
                    indicator_code = 'disclosure.total'
                    and is_among_parts
                    and not regexp_matches(before_all, '新增|本年|当年|今年')
                )
                or (
                    regexp_matches(indicator_code, '^(?:disclosure\.total|application\.received)$')
                    and is_of_a_body
                )
            ) as is_part_told,
        rule_id,
        sentence_place + place as place,
        piece_length as length,
        before_all,
        applies_to,
        is_of_a_body,
        is_sum,
    from all_matched
    window
        same_indicator as (
            partition by document_id, paragraph_no, sentence_no, indicator_code, applies_to order by quantity_no
        ),
        before_in_document as (
            partition by document_id, indicator_code
            order by paragraph_no, sentence_no, quantity_no
            rows between unbounded preceding and 1 preceding
        ),
        before_in_paragraph as (
            -- Where no total is told, the figure of the website stands for it.
            partition by
                document_id, paragraph_no, if(indicator_code = 'disclosure.channel.website', 'disclosure.total', indicator_code)
            order by sentence_no, quantity_no
            rows between unbounded preceding and 1 preceding
        )
),

-- 省人大代表建议3件，市人大代表建议5件: parts whose sum is not said. Neither is the figure.
told_once as (
    select * exclude (values_in_sentence, is_of_a_body, is_part_told, is_sum, has_sum, has_parts, is_whole)
    from (
        select
            *,
            count(distinct value) over (
                partition by
                    document_id, paragraph_no, sentence_no, indicator_code,
                    scope_part, confidence, applies_to, qualifier
            ) as values_in_sentence,
            -- 系统收到申请9件，信函收到申请2件，共计11件
            bool_or(is_sum) over (partition by document_id, paragraph_no, sentence_no, indicator_code) as has_sum,
            -- 收取费用55元（检索费40元、复制费15元）: the parts of a figure stand behind it.
            count(*) over of_indicator > 2
                and applies_to = 'figure'
                and arg_min(value, figure_no) over of_indicator * 2 = sum(value) over of_indicator as has_parts,
            has_parts and figure_no = min(figure_no) over of_indicator as is_whole,
        from matched
        where not is_part_told
        window of_indicator as (partition by document_id, paragraph_no, sentence_no, indicator_code, applies_to)
    ) as counted
    where (values_in_sentence = 1 and not has_parts and (is_sum or not has_sum or applies_to != 'figure'))
        or scope_part = 'part'
        or is_sum
        or is_whole
        or (not has_sum and not has_parts and not (
            regexp_matches(indicator_code, '^(?:proposal|disclosure\.channel|response|fee\.collected)')
            or (indicator_code = 'application.received' and is_of_a_body)
        ))
)

select * from told_once
