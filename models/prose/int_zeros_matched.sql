{{ config(materialized='by_document') }}

{%- set rules = seed_rows(ref('prose_zeros'), 'zero_no') -%}
{%- set nouns = [] -%}
{%- for rule in rules -%}{%- do nouns.append(rule['noun']) -%}{%- endfor -%}
{%- set any_noun = nouns | join('|') if nouns else '申请' -%}
{%- set no_verb -%}
(?:没有?|无|未(?:曾|有|能)?(?:发生|收到|接到|受到|接受|接收|受理|收取|收|产生|出现|存在|被|因|涉及|引发|引起|发现|对|向|办理|有|召开|制定|制发|出台|印发|提起|就)|不存在|不涉及|不(?:收取|收费|产生))
{%- endset -%}
-- depends_on: {{ ref('prose_zeros') }}
with documents_to_build as (
    {{ documents_to_build() }}
),

sentences as (
    select sentences.*
    from {{ ref('int_sentences') }} as sentences
    inner join documents_to_build on sentences.document_id = documents_to_build.document_id
    where not sentences.is_heading
        and regexp_matches(sentences.text, '没|无|未|不存在|不涉及|不收|不产生|零|免费')
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
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            text,
            '未(减免|减收|免收|收费|举办|举行)|不(收取|收费)|免(费[，。；]|费提供(?:政府|公开|相关|有关|各类)*(?:信息|[，。；]))', '无\1\2\3', 'g'),
            '零(收费|投诉|复议|诉讼|申请|举报|申诉)', '无\1', 'g'),
            '无(锡|为市|为县|棣|极|法|关|偿|线|障碍|正当|效|论|须|需|纸|缝|误|证|人机|党派|偏差|死角|遗漏|明确)', '※\1', 'g'),
            '信息不存在|不存在的|内容不存在', '信息※※※', 'g'),
            '申请(人|表|书|单|渠道|方式|条件|指南|程序|流程|受理点|窗口|栏目)', '※※\1', 'g'),
            '申请((?:行政)?(?:复议|诉讼))', '提起\1', 'g'),
            '(因|对|由|就|针对|关于)([^，。；]{0,16})申请((?:[^，。；]{0,6}(?:引发|引起|产生|导致|发生|提起|而|被|的))+[^，。；]*(?:复议|诉讼|申诉|投诉'
            '|举报))', '\1\2※※\3', 'g'
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
            when regexp_matches(lead(clause) over in_sentence, '^(?:和|或|及|以及|也|亦)?(?:被)?(?:提起|引发|发生)?(?:行政)?(?:复议'
                '|诉讼|申诉|投诉|举报|收费|减免)')
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
        regexp_extract(clause, '^(.*?)(?:均|都|皆|亦|也|全部)?为零', 1) as said_to_be_zero,
    from placed
    where regexp_matches(clause, '{{ no_verb }}|为零')
),

-- What it is that is not there: the words after the negation; or, where they name nothing, those before it in the
-- clause, in the sentence, or in the heading.
scoped as (
    select
        negated.*,
        case
            when said_to_be_zero != '' and regexp_matches(said_to_be_zero, '{{ any_noun }}') then said_to_be_zero
            when contains(clause, '为零') then clauses_before
            when regexp_matches(denied, '^(?:收到|接到|受理)?(?:过|到)?(?:相关|有关|此类|该类)(?:的)?申请[，。；]*$')
                and regexp_matches(section || subheadings, '复议|诉讼|收费|减免') then 'heading'
            when regexp_matches(denied, '{{ any_noun }}') then denied
            when regexp_matches(said_before, '{{ any_noun }}') and regexp_matches(
                denied, '^(?:任何|相关|有关|此类|该类|上述|类似|的|情况|发生|情形|事项|现象|案件|问题|业务|费用|收到|接到|出现|过|）)*[，。；！？：]*$'
            ) then said_before
            when not regexp_matches(
                denied, '^(?:任何|相关|有关|此类|该类|此项|此|该项|本项|上述|类似|的|情况|发生|情形|事项|现象|案件|问题|业务|收到|接到|出现|内容|过|其他|）)*[，。；！？：]*$'
            ) then ''
            when regexp_matches(denied, '此类|此项|该类|该项|本项'
                '|此') and regexp_matches(subheadings || section, '{{ any_noun }}') then 'heading'
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
            regexp_replace(clauses_before || clause, '（[^）]*）|(?:比|较|同比|与)[^，。；]*，|(?:19'
                '|20)[0-9]{2}年(?:[^，。；0-9]{0,4}(?:修订|版|预算|决算|印发)|至)', '', 'g'),
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
        and not regexp_matches(section || subheadings, '(?:问题|不足|打算|下一步|下步|安排|思路|努力方向)')
        and (
            not regexp_matches(clause, '(?:没有|未|无)[^，。；]{0,10}(?:未|不(?:予|能|按)|逾期|超期)')
            -- 6宗申请全部同意公开，没有不予公开的情况: no answer refused it.
            or (
                regexp_matches(clause, '(?:没有|无|未)(?:作出|出现|发生|存在)?(?:过)?不予公开(?:的)?(?:情况|情形|申请|件|答复|决定|告知书?)?[，。；]')
                and (
                    regexp_matches(clauses_before, '(?:同意|予以|准予)公开') or regexp_matches(section || subheadings, '申请')
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
