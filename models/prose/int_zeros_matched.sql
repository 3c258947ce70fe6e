{{ config(materialized='by_document') }}

{%- set rules = seed_rows(ref('prose_zeros'), 'zero_no') -%}
{%- set nouns = [] -%}
{%- for rule in rules -%}{%- do nouns.append(rule['noun']) -%}{%- endfor -%}
{%- set any_noun = nouns | join('|') if nouns else '申请' -%}
{%- set no_verb = prose_pattern('denial') -%}
-- depends_on: {{ ref('prose_zeros') }}
with documents_to_build as (
    {{ documents_to_build() }}
),

sentences as (
    select sentences.*
    from {{ ref('int_sentences') }} as sentences
    inner join documents_to_build on sentences.document_id = documents_to_build.document_id
    where not sentences.is_heading
        and regexp_matches(sentences.text, '{{ prose_pattern("may_deny") }}')
),

report_years as (
    select years.*
    from {{ ref('int_prose_years') }} as years
    inner join documents_to_build on years.document_id = documents_to_build.document_id
),

-- Words in which 无, 没 or 未 denies nothing that is counted, and 申请 that is no application, made harmless in place.
made_plain as (
    select
        *,
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            text,
            '{{ prose_pattern("nothing_at_all") }}', '无。'),
            '{{ prose_pattern("denied_act") }}', '无\1\2\3', 'g'),
            '{{ prose_pattern("zero_of") }}', '无\1', 'g'),
            '{{ prose_pattern("no_denial") }}', '※\1', 'g'),
            '信息不存在|不存在的|内容不存在', '信息※※※', 'g'),
            '{{ prose_pattern("no_application") }}', '※※\1', 'g'),
            '申请((?:行政)?(?:复议|诉讼))', '提起\1', 'g'),
            '{{ prose_pattern("application_as_cause") }}', '\1\2※※\3', 'g'
        ) as plain,
    from sentences
),

clauses as (
    select
        * exclude (pieces),
        unnest(pieces) as clause,
        generate_subscripts(pieces, 1) as clause_no,
    from (
        select *, regexp_extract_all(plain, '[^，。；！？：]+[，。；！？：]*|[，。；！？：]+') as pieces
        from made_plain
    ) as cut
),

placed as (
    select
        *,
        (sum(length(clause)) over in_sentence - length(clause))::integer as clause_place,
        -- A noun that goes on after a comma: 未申请行政复议，提起行政诉讼.
        case
            when regexp_matches(lead(clause) over in_sentence, '{{ prose_pattern("denial_goes_on") }}')
                and not regexp_matches(lead(clause) over in_sentence, '[0-9]|{{ no_verb }}')
                then lead(clause) over in_sentence
            else ''
        end as going_on,
        coalesce(string_agg(clause, '') over (
            partition by document_id, paragraph_no, sentence_no order by clause_no
            rows between unbounded preceding and 1 preceding
        ), '') as clauses_before,
    from clauses
    window in_sentence as (partition by document_id, paragraph_no, sentence_no order by clause_no)
),

negated as (
    select
        *,
        regexp_extract(clause, '^(.*?){{ no_verb }}', 1) as said_before,
        regexp_extract(clause, '^.*?{{ no_verb }}(.*)$', 1) || going_on as denied,
        regexp_extract(clause, '{{ prose_pattern("said_to_be_zero") }}', 1) as said_to_be_zero,
    from placed
    where regexp_matches(clause, '{{ no_verb }}|为零')
),

-- What it is that is not there: the words after the negation; or, where they name nothing, those before it in the
-- clause, in the sentence, or in the heading. Held: else all of it is worked out for each place that asks for it.
scoped as materialized (
    select
        negated.*,
        case
            when said_to_be_zero != '' and regexp_matches(said_to_be_zero, '{{ any_noun }}') then said_to_be_zero
            when contains(clause, '为零') then if(clauses_before != '' or length(said_to_be_zero) > 6, clauses_before, 'heading')
            -- 网络、信函渠道没有收到申请: of these ways.
            when regexp_matches(denied, '{{ prose_pattern("applications_denied") }}')
                and regexp_matches(said_before, '{{ prose_pattern("ways_of_asking") }}') then said_before
            when regexp_matches(denied, '{{ prose_pattern("denied_application") }}')
                and regexp_matches(section || subheadings, '复议|诉讼|收费|减免') then 'heading'
            when regexp_matches(denied, '{{ any_noun }}') then denied
            when regexp_matches(said_before, '{{ any_noun }}') and regexp_matches(
                denied, '{{ prose_pattern("denies_what_is_before") }}'
            ) then said_before
            when not regexp_matches(
                denied, '{{ prose_pattern("denies_what_is_above") }}'
            ) then ''
            -- 逾期未缴费的没有: of what no rule knows.
            when regexp_matches(said_before, '{{ prose_pattern("left_to_guess") }}') then ''
            when regexp_matches(denied, '{{ prose_pattern("this_kind") }}') and regexp_matches(subheadings || section, '{{ any_noun }}') then 'heading'
            when regexp_matches(clauses_before, '{{ any_noun }}') and not regexp_matches(clauses_before, '[0-9'
                ']') then clauses_before
            else 'heading'
        end as scope_found,
        case
            when scope_found != 'heading' then scope_found
            when subheadings != '' and regexp_matches(regexp_extract(subheadings, '([^＞]*)$', 1), '{{ any_noun }}')
                then regexp_extract(subheadings, '([^＞]*)$', 1)
            when subheadings = '' or not regexp_matches(subheadings, '公开|申请|申诉')
                then regexp_replace(section, '申请((?:行政)?(?:复议|诉讼))|公开申请(提起|被)', '\1', 'g')
            else ''
        end as scope,
        report_years.report_year,
        try_cast(regexp_extract(
            regexp_replace(clauses_before || clause, '{{ prose_pattern("year_not_named_in_denial") }}', '', 'g'),
            '.*((?:19|20)[0-9]{2})年', 1
        ) as integer) as year_named,
    from negated
    left join report_years on negated.document_id = report_years.document_id
),

of_the_year as (
    select * from scoped
    where scope != ''
        and coalesce(year_named, report_year) is not distinct from report_year
        -- 受理咨询300人次，零投诉: about the service.
        and not (regexp_matches(clause, '^无(?:投诉|举报)') and regexp_matches(clauses_before, '咨询|热线|办件'))
        and not regexp_matches(section || subheadings, '{{ prose_pattern("section_of_plans") }}')
        and (
            not regexp_matches(clause, '{{ prose_pattern("denies_a_fault") }}')
            -- 6宗申请全部同意公开，没有不予公开的情况: no answer refused it.
            or (
                regexp_matches(clause, '{{ prose_pattern("no_refusal") }}')
                and (
                    regexp_matches(clauses_before, '(?:同意|予以|准予)公开')
                    or regexp_matches(section || subheadings, '{{ prose_pattern("answers_or_refusals") }}')
                    or contains(clause, '作出')
                )
            )
        )
),

zeros_read as (
    select
        *,
        list_filter([
            {%- for rule in rules %}
            case when regexp_matches(scope, {{ literal(rule['noun']) }})
                {%- if rule['clause'] %}
                and regexp_matches(clauses_before || clause, {{ literal(rule['clause']) }})
                {%- endif %}
                {%- if rule['unless'] %} and not regexp_matches(scope, {{ literal(rule['unless']) }}){% endif %}
                {%- if rule['from_year'] %} and report_year >= {{ rule['from_year'] }}{% endif %}
                {%- if rule['to_year'] %} and report_year <= {{ rule['to_year'] }}{% endif %}
                then '{{ rule['zero_id'] }}' end,
            {%- endfor %}
            null::varchar,
        ], lambda zero_id: zero_id is not null) as zero_ids,
    from of_the_year
),

rules as (
    select * from {{ ref('prose_zeros') }}
),

matched as (
    select
        zeros_read.document_id,
        zeros_read.paragraph_no,
        zeros_read.sentence_no,
        rules.indicator_code,
        0::decimal(20, 4) as value,
        'exact' as qualifier,
        'negation' as basis,
        'year' as period_part,
        'own' as scope_part,
        rules.confidence,
        rules.zero_id as rule_id,
        zeros_read.place + zeros_read.clause_place as place,
        length(zeros_read.clause) as length,
    from (select * exclude (zero_ids), unnest(zero_ids) as zero_id from zeros_read) as zeros_read
    inner join rules on zeros_read.zero_id = rules.zero_id
)

select * from matched
