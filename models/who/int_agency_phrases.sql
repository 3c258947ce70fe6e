{{ config(materialized='by_document') }}

{# The places of each report that may name its agency: title, signature, head of the form, preamble, properties, file
   name and what the portal says, each cut down to the name. #}
{%- set agency_ending -%}
(?:政府|办事处|公署|委员会|管委会|委|局|厅|部|署|办公室|办|中心|联合会|残联|工会|院|校|公司|海关|[支总大]队|站|所|处|会|社)
{%- endset -%}
{%- set form_header -%}
(?:填报单位|填表单位|编制单位|报送单位|报告单位|公开单位|单位名称|编报单位|机关名称|报告机关)(?:（[^）]*）)?
{%- endset -%}
{%- set portal_header -%}
(?:发布机构|发文机关|发布单位|公开机构|责任单位|信息来源|文章来源|来源|作者)
{%- endset -%}
{%- set year -%}(?:(?:19|20)\d\d|二[〇○零О0oO][〇○零О0oO一二三四五六七八九]{2})年{%- endset -%}
{# What may stand before a name in a sentence, and what in a sentence looks like a name and is none. #}
{%- set lead_in -%}(关于|本报告由|本年度报告由|报告由|现将|兹将|特?向社会公布|现?公布|特?编制|特?制定了?|撰写了?|结合|《|由|是)+{%- endset -%}
{%- set no_name -%}
统计(期限|时[限间段]|截止|数据|口径)|期限|数据(统计|的)|所列|条例|截至|截止|^本[局委办厅部院所镇乡街县市区]|^我|^全([省市县区旗盟镇乡街国文年]|州[^县])|^(经济|技术|高新|产业|工业)*(开发区|园区|高新区|示范区|集聚区)(管|党|综|办|$)
{%- endset -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select
        classified.document_id,
        classified.title,
        classified.title_evidence,
        classified.title_block_no,
        classified.title_line_count,
        documents.file_stem,
        documents.properties ->> 'title' as title_property,
        documents.manifest_agency,
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    inner join {{ ref('stg_raw__documents') }} as documents on classified.document_id = documents.document_id
    where classified.document_class = 'annual_report'
),

lines as (
    select lines.*, reports.title_block_no, reports.title_line_count
    from {{ ref('int_document_lines') }} as lines
    inner join reports on lines.document_id = reports.document_id
),

openings as (
    select document_id, string_agg(line, '。' order by line_no) as opening
    from lines
    where line_no <= 8 and not is_about_page
        and not coalesce(block_no between title_block_no and title_block_no + title_line_count - 1, false)
    group by document_id
),

-- A line that holds nothing but a name (and a day, or 盖章).
signatures as (
    select
        document_id,
        block_no,
        line_no_from_end,
        line_no,
        regexp_replace(
            line,
            '（[盖公印章签字：]+）|{{ year }}.{1,8}日|\d{4}[-./]\d{1,2}[-./]\d{1,2}|[印签]发|^(抄送|主送|落款|单位)：',
            '',
            'g'
        ) as name,
    from lines
    where length(line) <= 48
        and not is_about_page
        and not regexp_matches(line, '^（?[一二三四五六七八九十\d]+[）、.]')
        and (
            line_no_from_end <= 15
            or line_no <= 6 and block_no >= coalesce(title_block_no + title_line_count, 1)
        )
),

labeled as (
    select
        document_id,
        block_no,
        regexp_extract(
            line,
            '{{ form_header }}：([\p{Han}（）]{3,40}?)(?:填报|填表|报送|日期|单位|负责|审核|$|[^\p{Han}（）])',
            1
        ) as form_header,
        regexp_extract(
            line,
            '{{ portal_header }}：([\p{Han}（）]{3,40}?)(?:发布|时间|日期|浏览|点击|字号|成文|公开|主题|索引|$|[^\p{Han}（）])',
            1
        ) as portal,
    from lines
),

-- The page around a report that calls itself no more than 我局: where the breadcrumb stands, what the site is called,
-- and the department that a word of the address is short for. Taken only where the report bears it out.
page_hints as (
    select page_hints.*
    from {{ ref('int_page_hints') }} as page_hints
    inner join reports on page_hints.document_id = reports.document_id
),

own_words as (
    select document_id, string_agg(line, '。' order by line_no) as text
    from lines
    where not is_about_page
    group by document_id
),

names_around as (
    select document_id, hint as name from page_hints
    where kind in ('breadcrumb', 'page_title')
        and regexp_matches(hint, '^\p{Han}{2,24}(?:局|委|委员会|厅|镇|乡|街道|街道办事处)$')
        and not regexp_matches(hint, '^(?:各|所有|市直|县直|区直)|乡镇|镇街|部门')
    union all
    -- Of the address the words must tell too: the department's own, and more than once.
    select page_hints.document_id, departments.department
    from page_hints
    inner join {{ ref('address_departments') }} as departments on page_hints.hint = departments.label
    inner join own_words on page_hints.document_id = own_words.document_id
    where page_hints.kind = 'address'
        and len(string_split(own_words.text, left(departments.department, 2))) > 2
),

names_borne_out as (
    select names_around.document_id, names_around.name
    from names_around
    inner join own_words on names_around.document_id = own_words.document_id
    where regexp_matches(
        own_words.text,
        '[我本]' || case
            when names_around.name like '%委员会' then '委'
            when names_around.name like '%街道办事处' then '街道'
            when names_around.name like '%街道' then '街道'
            else right(names_around.name, 1)
        end
    )
    -- Two departments of one ending leave it open.
    qualify count(distinct right(names_around.name, 3)) over (partition by names_around.document_id) = 1
),

phrases as (
    select
        document_id, 1 as source_rank, 'manifest' as source, null::bigint as block_no,
        {{ squash('manifest_agency') }} as phrase,
    from reports
    union all
    select document_id, 2, 'title', title_block_no, {{ head_of_title('title') }}
    from reports
    where title_evidence != 'file_name'
    union all
    select document_id, 3, 'signature', block_no, name
    from signatures
    where line_no_from_end <= 15 and regexp_matches(name, '^[\p{Han}（）、]{3,40}{{ agency_ending }}$')
    union all
    select document_id, 4, 'signature_above', block_no, name
    from signatures
    where line_no_from_end > 15 and regexp_matches(name, '^[\p{Han}（）、]{3,40}{{ agency_ending }}$')
    union all
    select document_id, 5, 'form_header', block_no, form_header
    from labeled
    where form_header != ''
    union all
    select document_id, 6, 'preamble', null, regexp_extract(
        opening,
        '(?:由|本报告是?)([\p{Han}（）、]{3,40}?)(?:根据|依据|依照|按照|编制|组织|汇总|综合|负责|编写|向社会)',
        1
    )
    from openings
    union all
    select document_id, 6, 'preamble', null, unnest(regexp_extract_all(
        opening,
        '(?:公布|公开|现将|发布|编制|编成|报告|制定了?|撰写了?|结合|，|。)《?([\p{Han}（）、]{3,40}?)(?:对|将|关于|自)?{{ year }}',
        1
    ))
    from openings
    union all
    -- 现公开某开发区信息公开2018年度报告; or the report begins at once: 2021年某街道深入贯彻….
    select document_id, 6, 'preamble', null, regexp_extract(
        opening, '(?:公布|公开|发布|现将)《?([\p{Han}（）]{3,30}?)(?:政府|政务)?信息公开(?:工作)?{{ year }}', 1
    )
    from openings
    union all
    select document_id, 6, 'preamble', null, regexp_extract(
        opening,
        '(?:^|[。，]){{ year }}度?，?(\p{Han}{2,24}?(?:局|委|委员会|厅|办事处|街道|镇|乡|管委会))(?:党委、?政府)?(?:(?:政府)?信息公开工作)?'
        || '(?:深入|认真|高度重视|严格|积极|坚持|全面|按照|继续|紧紧|切实|突出|始终|进一步|以习近平|在)',
        1
    )
    from openings
    union all
    select document_id, 6, 'preamble', null, regexp_extract(
        opening,
        '(?:^|[，。])([\p{Han}（）、]{3,40}?{{ agency_ending }})'
        || '(?:编制|制作|根据|依据|按照|结合|认真|特向|特编|现将|现公布|组织)',
        1
    )
    from openings
    union all
    select document_id, 7, 'contact', null, regexp_extract(
        opening,
        '(?:与|向|同|联系)([\p{Han}（）、]{3,40}?{{ agency_ending }})(?:联系|反映|咨询|（|[，。]|提出)',
        1
    )
    from openings
    union all
    select document_id, 8, 'property', null, {{ head_of_title(squash(regularise('title_property'))) }}
    from reports
    where regexp_matches({{ squash(regularise('title_property')) }}, '公开|年度报告|年报')
    union all
    select document_id, 9, 'file_name', null, {{ head_of_title(squash('file_stem')) }}
    from reports
    where regexp_matches(file_stem, '公开|年度报告|年报')
    union all
    select document_id, 10, 'portal', block_no, portal
    from labeled
    where portal != ''
    union all
    select document_id, 11, 'site', null, name
    from names_borne_out
    union all
    select
        labels.document_id,
        case when regexp_matches(labels.label, '填|编制|报送|单位名称') then 5 else 10 end,
        case when regexp_matches(labels.label, '填|编制|报送|单位名称') then 'form_header' else 'portal' end,
        null,
        labels.value,
    from {{ ref('int_document_labels') }} as labels
    inner join reports on labels.document_id = reports.document_id
    where not regexp_matches(labels.label, '时间|日期')
),

cleaned as (
    select
        document_id,
        source_rank,
        source,
        block_no,
        regexp_replace(
            regexp_replace(
                -- A sentence leads in to a name; a signature does not, and 将 begins the name of a county.
                case
                    when source = 'preamble'
                        then regexp_replace(
                            regexp_replace(
                                regexp_replace(phrase, '^{{ lead_in }}', ''),
                                -- Whoever gathers reports does so for the body.
                                '(?:政府|政务)?(?:信息|政务)公开(?:工作)?(?:领导小组)?(?:办公室|办)$', ''
                            ),
                            '人民$', '人民政府'
                        )
                    else phrase
                end,
                '（[^（）]{1,20}）$|[，。：；].*$|^[^\p{Han}]+|[^\p{Han}）]+$|^(关于|中共)',
                '',
                'g'
            ),
            '(关于|的|年度|度|全年|本级|）)+$',
            ''
        ) as phrase,
    from phrases
    where phrase is not null and phrase != ''
),

-- A party committee signs before the government; an office may be called so without the word 街道; a bureau's own
-- office writes for the bureau.
made_regular as (
    select
        * replace (
            case
                when regexp_matches(phrase, '驻|街道|地区|人民政府') then phrase
                else regexp_replace(phrase, '(\p{Han}{2,})办事处$', '\1街道办事处')
            end as phrase
        ),
    from (
        select
            * replace (
                regexp_replace(
                    case
                        when source in ('title', 'manifest', 'property', 'file_name') then phrase
                        else regexp_replace(
                            regexp_replace(phrase, '^(.{2,}[局厅委])办公?室?$', '\1'),
                            '^(.{2,}?[局厅])\p{Han}{0,10}(?:办公室|办|科|处|股|中心)$', '\1'
                        )
                    end,
                    '^(?:中国共产党|中共)?\p{Han}{2,20}委员会(\p{Han}{2,}人民政府)$',
                    '\1'
                ) as phrase
            ),
        from cleaned
    )
),

numbered as (
    select
        *,
        row_number() over (
            partition by document_id order by source_rank, block_no desc nulls last, phrase
        ) as phrase_no,
    from (select distinct on (document_id, source, phrase) * from made_regular order by block_no desc nulls last)
    where length(phrase) between 2 and 45
        and not regexp_matches(phrase, '{{ no_name }}')
)

select * from numbered
