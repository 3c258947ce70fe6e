{# Which official form stands in each document, by labels that only that form has. #}
with documents_to_build as (
    {{ documents_to_build() }}
),

documents as (
    select document_id from documents_to_build
),

cells as (
    select cells.document_id, cells.text_squashed as label
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    -- A label of a form has words; most cells hold a figure.
    where length(cells.text_squashed) between 4 and 400
),

labels_found as (
    select
        document_id,
        bool_or(regexp_matches(label, '制发件数|废止件数|现行有效件?数|本年处理决定数量|本年收费金额')) as has_2021_labels,
        bool_or(regexp_matches(label, '新制作数|新公开数|对外公开总数|上一年项目数|采购项目数量|采购总金额')) as has_2019_labels,
        bool_or(regexp_matches(label, '结转下年度继续办理|本年新收政府信息公开申请|法律服务机构')) as has_application_labels,
        bool_or(regexp_matches(label, '制发规范性文件总数|主动公开规范性文件数|回应公众关注热点|回应解读的情况|信息公开工作专门机构数|属于已主动公开范围数|政务微博公开')) as has_2014_labels,
    from cells
    group by document_id
),

-- The later forms share their application and appeals tables: then the year of the title tells.
titles as (
    select titles.document_id, try_cast(regexp_extract({{ arabic_digits('titles.title') }}, '20\d\d') as integer) as year
    from {{ ref('int_document_titles') }} as titles
    inner join documents_to_build on titles.document_id = documents_to_build.document_id
),

told as (
    select
        documents.document_id,
        case
            when labels_found.has_2021_labels then '2021'
            when labels_found.has_2019_labels then '2019'
            when labels_found.has_application_labels and titles.year >= 2021 then '2021'
            when labels_found.has_application_labels then '2019'
            when labels_found.has_2014_labels then '2014'
            else 'narrative'
        end as form,
    from documents
    left join labels_found on documents.document_id = labels_found.document_id
    left join titles on documents.document_id = titles.document_id
)

select * from told
