{{ config(materialized='by_document') }}

{# What a page says around its report: the steps of its breadcrumb, the site's name behind the title, who runs and who
   gave it, and the words of its address. Weak hints all, which must be borne out by the report. #}
with documents_to_build as (
    {{ documents_to_build() }}
),

documents as (
    select documents.*
    from {{ ref('stg_raw__documents') }} as documents
    inner join documents_to_build on documents.document_id = documents_to_build.document_id
    inner join {{ ref('int_documents_classified') }} as classified on documents.document_id = classified.document_id
    where classified.document_class = 'annual_report'
),

hints as (
    select document_id, 'breadcrumb' as kind, unnest(string_split(properties ->> 'breadcrumb', ' > ')) as hint
    from documents
    union all
    select document_id, 'page_title', unnest(regexp_split_to_array(properties ->> 'title', '\s*(?:[_|—]|-)+\s*')[2:])
    from documents
    union all
    select document_id, 'publisher', coalesce({{ properties_that_say('publisher') }})
    from documents
    union all
    select document_id, 'source', coalesce({{ properties_that_say('source') }})
    from documents
    union all
    select
        document_id,
        'address',
        unnest(regexp_split_to_array(
            lower(coalesce(manifest_url, {{ properties_that_say('address') }})),
            '[^a-z]+'
        )),
    from documents
),

-- Held: else the conditions below are met in each branch of the union, and all of this is worked out twice.
squashed as materialized (
    select document_id, kind, {{ squash(regularise('hint')) }} as hint from hints
)

select distinct * from squashed
where hint is not null and length(hint) between 2 and 60
