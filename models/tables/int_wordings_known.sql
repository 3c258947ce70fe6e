{{ config(materialized='by_document') }}

{%- set whole_year = words('form_words', "use = 'of_whole_year'") -%}
{%- set summed = words('form_words', "use = 'summed'") -%}
{%- set figure = words('form_words', "use = 'figure'") %}

with documents_to_build as (
    {{ documents_to_build() }}
),

document_wordings as (
    select distinct labels.document_id, labels.text_squashed
    from {{ ref('int_label_wordings') }} as labels
    inner join documents_to_build on labels.document_id = documents_to_build.document_id
),

form_labels as (
    select * from {{ ref('int_form_labels') }}
),

word_columns as (
    select * from {{ ref('form_columns') }} where match = 'part'
),

-- Labels repeat from report to report: each wording is compared once.
wordings as (
    select
        text_squashed,
        {{ label_key_full('text_squashed') }} as key_full,
        {{ label_key_bare('text_squashed') }} as key_bare,
    from (select distinct text_squashed from document_wordings where length(text_squashed) <= 120) as distinct_labels
),

wording_keys as (
    select text_squashed, key_full as wording_key, 1 as tier from wordings
    union all
    select text_squashed, key_bare, 2 from wordings
    union all
    -- the brackets of （三） lost, so that its numeral stands before the label
    select text_squashed, regexp_replace(key_bare, '^[一二三四五六七八九十]{1,2}', ''), 3 from wordings
),

loose_keys as (
    select text_squashed, {{ label_key_loose('wording_key') }} as wording_key, 3 + tier as tier
    from wording_keys
),

equal_labels as (
    select wording_keys.text_squashed, wording_keys.tier, form_labels.*
    from wording_keys
    inner join form_labels on wording_keys.wording_key = form_labels.label_key
    where
        wording_keys.wording_key != ''
        -- a head has no number: 三、本年 is what wrapping left of 三、本年度办理结果
        and not (form_labels.label_role = 'column' and regexp_matches(wording_keys.text_squashed, '^[一二三四五六七八九十]{1,3}、'))
    union all
    select loose_keys.text_squashed, loose_keys.tier, form_labels.*
    from loose_keys
    inner join form_labels on loose_keys.wording_key = form_labels.loose_key
    where length(loose_keys.wording_key) >= 2
),

-- A group's label run into the row's: （三）不予公开1.属于国家秘密.
glued_labels as (
    select wordings.text_squashed, 7 as tier, form_labels.*
    from wordings
    inner join form_labels
        on ends_with(wordings.key_bare, form_labels.label_key) and form_labels.label_role = 'row'
    inner join form_labels as group_labels
        on starts_with(wordings.key_bare, group_labels.label_key)
        and group_labels.form_part = form_labels.form_part
        and group_labels.opens_group is not null
        and length(group_labels.label_key) + length(form_labels.label_key) <= length(wordings.key_bare)
        and coalesce(form_labels.needs_group, group_labels.opens_group) = group_labels.opens_group
    where wordings.text_squashed not in (select text_squashed from equal_labels)
    qualify row_number() over (
        partition by wordings.text_squashed
        order by length(form_labels.label_key) desc, length(group_labels.label_key) desc
    ) = 1
),

named_years as (
    select
        text_squashed,
        2 as tier,
        'statistics' as form_part,
        'column' as label_role,
        {{ arabic_digits('text_squashed') }} as label,
        'named_year' as label_code,
    from wordings
    where regexp_matches(
        regexp_replace({{ arabic_digits('text_squashed') }}, '（[^（）]*）$', ''),
        '^(?:19|20)\d\d年度?{{ whole_year }}?{{ summed }}?{{ figure }}?$'
    )
),

word_labels as (
    select
        wordings.text_squashed,
        6 as tier,
        word_columns.form_part,
        'column' as label_role,
        word_columns.label,
        word_columns.column_code as label_code,
    from wordings
    inner join word_columns on contains(wordings.key_bare, word_columns.label)
    where
        length(wordings.text_squashed) <= 20
        and wordings.text_squashed not in (select text_squashed from named_years)
        and not exists (
            from equal_labels
            where equal_labels.text_squashed = wordings.text_squashed
            and equal_labels.form_part = word_columns.form_part
        )
),

wording_meanings as (
    select * from equal_labels
    union all by name
    select * from glued_labels
    union all by name
    select * from named_years
    union all by name
    select * from word_labels
),

-- Of each wording only the best readings; several are left where parts of a form share a label.
best_meanings as (
    select distinct on (text_squashed, form_part, label_role, label_code, needs_group)
        text_squashed, tier, form_part, label_role, label, label_code, needs_group, opens_group, place, forms,
    from wording_meanings
    qualify tier = min(tier) over (partition by text_squashed)
    order by text_squashed, form_part, label_role, label_code, needs_group, tier, forms is null, label
),

wordings_known as (
    select document_wordings.document_id, best_meanings.*
    from document_wordings
    inner join best_meanings on document_wordings.text_squashed = best_meanings.text_squashed
)

select * from wordings_known
