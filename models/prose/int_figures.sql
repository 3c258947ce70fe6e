{{ config(materialized='by_document') }}

{%- set topics = seed_rows(ref('prose_topics'), 'topic') -%}
{%- set topic_words = [] -%}
{%- for row in topics -%}{%- do topic_words.append(row['words']) -%}{%- endfor -%}
{%- set words_of_topics = topic_words | join("|") if topic_words else "申请" -%}
{%- set in_turn = prose_pattern('in_turn') -%}
{%- set zero_of_both = prose_pattern('zero_of_both') -%}
{%- set changed_to = prose_pattern('changed_to') -%}
{%- set sum_words = prose_pattern('sum_words') -%}
{%- set times_listed = prose_pattern('times_listed') -%}
{%- set two_nouns = prose_pattern('two_nouns') -%}
-- depends_on: {{ ref('prose_topics') }}
-- depends_on: {{ ref('prose_readings') }}
with documents_to_build as (
    {{ documents_to_build() }}
),

quantities as (
    select quantities.*
    from {{ ref('int_quantities') }} as quantities
    inner join documents_to_build on quantities.document_id = documents_to_build.document_id
),

report_years as (
    select years.*
    from {{ ref('int_prose_years') }} as years
    inner join documents_to_build on years.document_id = documents_to_build.document_id
),

-- 分别为1件、0件: so many figures in a row, for as many nouns before.
with_coordination as (
    select
        quantities.*,
        -- 3月、9月各举办1期; 在档案馆、图书馆各设1个: what the figure is told of, each for itself.
        regexp_extract(before_all, '{{ prose_pattern("told_of_each") }}', 1) as told_of_each,
        case
            when regexp_matches(before_all, '{{ in_turn }}') then quantity_no
        end as series_start,
        regexp_matches(before_raw, '{{ prose_pattern("each_alike") }}')
            and not regexp_matches(told_of_each, '{{ times_listed }}')
            -- 被申请行政复议、被提起行政诉讼0件: a zero is said of all that is named.
            or (value = 0 and regexp_matches(before_all, '{{ zero_of_both }}')) as is_shared,
        -- 均为0件 right under the heading that names what.
        if(regexp_full_match(before_all, '{{ prose_pattern("all_alike") }}'), regexp_replace(
            regexp_extract(section || '＞' || subheadings, '([^＞]+)＞*$', 1), '^{{ list_marker() }}|(?:的)?(?:情况|办理情况|工作)+$', '', 'g'
        ), before_all) as nouns_named,
        -- 专职人员由2名调整为1名: what it is stands before the figure that it was.
        if(regexp_full_match(before_all, '[^，；。]{0,3}{{ changed_to }}'), regexp_extract(
            sentence_before, '([^，；。：]*?)(?:由|从[^事])[^，；。]*{{ changed_to }}$', 1
        ), '') as noun_before_change,
        regexp_full_match(before_raw, '{{ prose_pattern("part_of_the_year") }}')
            as is_part_of_the_year,
        regexp_full_match(before_raw, '{{ sum_words }}') and (after = '' or regexp_matches(after, '^（')) as is_sum,
        regexp_full_match(before_all, '[和及与]?') as is_bare,
        regexp_full_match(before, '(?:其中)?[前后]者[^，]{0,2}') as is_former_or_latter,
        lead(quantity_no) over (partition by document_id, paragraph_no, sentence_no order by quantity_no) is not null as has_next,
    from quantities
),

-- How many the figure is told of: months and seasons, or nouns in a row that nothing leaves open (等, 各乡镇).
with_each as (
    select
        *,
        case
            when regexp_matches(told_of_each, '{{ prose_pattern("two_of_a_year") }}') then 2
            when regexp_matches(told_of_each, '{{ times_listed }}')
                then nullif(len(regexp_extract_all(told_of_each, '{{ prose_pattern("time_of_a_list") }}')), 0)
            when regexp_matches(told_of_each, '{{ prose_pattern("each_left_open") }}') then null
            when regexp_matches(told_of_each, '{{ prose_pattern("joins_nouns") }}')
                then len(regexp_extract_all(told_of_each, '{{ prose_pattern("joins_nouns") }}')) + 1
        end as times_told,
    from with_coordination
),

with_series as (
    select
        *,
        last_value(series_start ignore nulls) over in_sentence as series_no,
        count(*) filter (where not is_bare) over in_sentence as bare_group,
    from with_each
    window in_sentence as (
        partition by document_id, paragraph_no, sentence_no order by quantity_no
        rows between unbounded preceding and current row
    )
),

with_nouns_listed as (
    select
        *,
        series_no is not null
            and (series_start is not null or is_bare)
            and bare_group = max(case when series_start is not null then bare_group end) over in_series as in_series,
        string_split_regex(
            regexp_replace(
                replace(first_value(before_all) over (in_series order by quantity_no), '专、兼职', '专职、兼职'),
                '[，、；：]*{{ in_turn }}',
                ''
            ),
            '{{ prose_pattern("between_nouns") }}'
        ) as nouns_of_series,
        count(*) filter (where series_start is not null or is_bare) over in_series as series_length,
        quantity_no - series_no + 1 as place_in_series,
        case when is_shared then list_filter(
            string_split_regex(
                regexp_replace(nouns_named, '{{ prose_pattern("each_alike_after_nouns") }}', ''), '、|以及|和|与|及|，|或'
            ),
            lambda noun: noun != ''
        ) end as nouns_shared,
    from with_series
    window in_series as (partition by document_id, paragraph_no, sentence_no, series_no)
),

nouns_given as (
    select
        * exclude (
            nouns_of_series, nouns_shared, series_start, is_bare, bare_group, nouns_named, noun_before_change
        ),
        unnest(case
            when in_series and series_length = len(nouns_of_series) then [nouns_of_series[place_in_series]]
            when in_series and series_length < len(nouns_of_series)
                then [nouns_of_series[len(nouns_of_series) - series_length + place_in_series]]
            when len(nouns_shared) > 1 then nouns_shared
            when noun_before_change != '' then [noun_before_change]
            when is_former_or_latter and contains(before, '前者') then [regexp_extract(sentence_before, '{{ two_nouns }}', 1)]
            when is_former_or_latter then [regexp_extract(sentence_before, '{{ two_nouns }}', 2)]
            else [case
                when regexp_full_match(before, '{{ prose_pattern("says_no_noun") }}') then after else before
            end]
        end) as noun,
        coalesce(in_series or len(nouns_shared) > 1 or noun_before_change != '', false) as is_coordinated,
    from with_nouns_listed
),

with_topic as (
    select
        nouns_given.*,
        report_years.report_year,
        -- 依申请公开政府信息 is about applications, whatever its last words; 申请人 is a person.
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    concat_ws('＞', section, subheadings, opening_line, lead_in, sentence_before), '(复议|诉讼)申请', '\1', 'g'
                ),
                '依?申请公开(?:的)?(?:政府|政务)?(?:信息)?', '申请', 'g'
            ),
            '{{ prose_pattern("says_no_topic") }}', '', 'g'
        ) as read_before,
        -- The words up to the last one of a topic, and that one: both without a group, which takes ten times as long.
        regexp_extract(
            case
                -- 属于主动公开, 同意公开信息: an answer to an application; what it answers stands before.
                when regexp_matches(before_raw, '{{ prose_pattern("answer_not_topic") }}') then
                    regexp_replace(read_before, '[^，；：＞]*$', '')
                else read_before
            end,
            '.*(?:{{ words_of_topics }})'
        ) as read_to_topic,
        regexp_extract(read_to_topic, '(?:{{ words_of_topics }})$') as topic_word,
        case
            {%- for row in topics %}
            when regexp_full_match(topic_word, {{ literal(row['words']) }}) then '{{ row['topic'] }}'
            {%- endfor %}
            else ''
        end as topic,
        -- A year named in the sentence, comparisons and brackets apart.
        try_cast(regexp_extract(
            regexp_replace(sentence_before, '{{ prose_pattern("year_not_named") }}', '', 'g'),
            '.*((?:19|20)[0-9]{2})年', 1
        ) as integer) as year_named,
    from nouns_given
    left join report_years on nouns_given.document_id = report_years.document_id
),

read_in_context as (
    select
        *,
        list_filter([
            {%- for row in seed_rows(ref('prose_readings'), 'reading_id') %}
            {%- set text = prose_place(row['place']) %}
            case when regexp_matches({{ text }}, {{ literal(row['pattern']) }})
                {%- if row['unless'] %} and not regexp_matches({{ text }}, {{ literal(row['unless']) }}){% endif %}
                then '{{ row['effect'] }}{% if row['reason'] %}: {{ row['reason'] }}{% endif %}' end,
            {%- endfor %}
            -- 自2008年《条例》施行以来，配备了2名专职人员: who was put there is there still.
            case when year_named != report_year
                and not (measure in ('名', '人', '位') and regexp_matches(sentence_before, '以来'))
                -- 2022年结转2件, 结转2024年办理1件
                and not (year_named = report_year - 1 and regexp_matches(before_raw, '{{ prose_pattern("carried_from_last_year") }}'))
                and not (year_named = report_year + 1 and regexp_matches(before_raw, '{{ prose_pattern("carried_to_next_year") }}')) then 'drop: other year' end,
        ], lambda effect: effect is not null) as effects,
    from with_topic
),

figures as (
    select
        * exclude (read_before, read_to_topic, topic_word, year_named),
        concat_ws('＞', section, subheadings, opening_line, lead_in, sentence_before) as context,
        substring(list_filter(effects, lambda effect: starts_with(effect, 'drop'))[1], 7) as dropped_because,
        dropped_because is not null as is_about_something_else,
        case when list_contains(effects, 'part_of_year') then 'part' else 'year' end as period_part,
        case when list_contains(effects, 'part_of_scope') then 'part' else 'own' end as scope_part,
        list_contains(effects, 'doubtful') as is_doubtful,
        -- 1件要求公开某名单，不予公开: what became of a case stands in a clause of its own, up to the words that lead to the next figure.
        case
            when topic in ('application', 'review', 'litigation') and regexp_full_match(measure, '{{ measure_words("case") }}') and value > 0
                and not regexp_full_match(measure, '{{ measure_words("person") }}')
                then list_filter(
                    string_split_regex(
                        case
                            when value = 1 and quantity_no = 1 and not has_next
                                then gap_after || regexp_extract(next_text, '{{ prose_pattern("clauses_without_figure") }}', 1)
                            when regexp_matches(gap_after, '[。；]$') or not has_next then gap_after
                            else regexp_replace(gap_after, '[^，；：]*$', '')
                        end, '{{ prose_pattern("clause_parted") }}'
                    )[1:8],
                    lambda clause: not regexp_matches(clause, '{{ prose_pattern("what_was_asked") }}') and length(clause) > 1
                )
            else []
        end as clauses_after,
        row_number() over (partition by document_id order by paragraph_no, sentence_no, quantity_no, noun) as figure_no,
    from read_in_context
)

select * from figures
