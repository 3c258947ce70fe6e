{{ config(materialized='by_document') }}

{%- set turning = words('form_words', "use = 'turns_meaning'") %}

with documents_to_build as (
    {{ documents_to_build() }}
),

labels as (
    select labels.*
    from {{ ref('int_labels_placed') }} as labels
    inner join documents_to_build on labels.document_id = documents_to_build.document_id
),

known as (
    select known.*
    from {{ ref('int_wordings_known') }} as known
    inner join documents_to_build on known.document_id = documents_to_build.document_id
),

form_labels as (
    select * from {{ ref('int_form_labels') }}
),

-- A wording that no label equals is compared with the labels of the part that it stands in.
document_wordings as (
    select distinct document_id, text_squashed, coalesce(part_before, part_after) as form_part
    from labels
    where
        coalesce(part_before, part_after) is not null
        and length(text_squashed) <= 120
        and not exists (
            from known
            where known.document_id = labels.document_id
            and known.text_squashed = labels.text_squashed
            and known.form_part = coalesce(labels.part_before, labels.part_after)
        )
),

unknown_wordings as (
    select *
    from (
        select text_squashed, form_part, {{ label_key_bare('text_squashed') }} as wording_key
        from (select distinct text_squashed, form_part from document_wordings) as distinct_wordings
    ) as wordings_with_keys
    where length(wording_key) between 4 and 40
),

-- Slips of the pen: one character in five may differ, never one that turns the meaning round (不, 非, 专职 and 兼职).
-- levenshtein() counts bytes, and a character is three.
slips as (
    select
        unknown_wordings.text_squashed,
        form_labels.* exclude (label_key, loose_key),
        levenshtein(unknown_wordings.wording_key, form_labels.label_key) as distance,
    from unknown_wordings
    inner join form_labels
        on unknown_wordings.form_part = form_labels.form_part
        and abs(length(unknown_wordings.wording_key) - length(form_labels.label_key)) <= 4
    where
        length(form_labels.label_key) >= 4
        and levenshtein(unknown_wordings.wording_key, form_labels.label_key)
        <= 3 * greatest(1, length(form_labels.label_key) // 5)
        and regexp_extract_all(unknown_wordings.wording_key, '{{ turning }}')
        = regexp_extract_all(form_labels.label_key, '{{ turning }}')
),

-- One label is clearly nearest, or none is taken.
similar_meanings as (
    select * exclude (distance), 8 as tier
    from (
        select *
        from slips
        qualify row_number() over (
            partition by text_squashed, form_part, label_role, label_code, needs_group
            order by distance, forms is null
        ) = 1
    ) as nearest_of_each_meaning
    window meanings_by_distance as (partition by text_squashed, form_part order by distance, label_role, label_code)
    qualify
        row_number() over meanings_by_distance = 1
        and coalesce(lead(distance) over meanings_by_distance, 99) >= distance + 2
),

-- A label cut short, or the half of one that stands beside its figures: the one label that begins or ends so.
part_meanings as (
    select
        unknown_wordings.text_squashed,
        unknown_wordings.form_part,
        8 as tier,
        any_value(form_labels.label_role) as label_role,
        min(form_labels.label) as label,
        any_value(form_labels.label_code) as label_code,
        any_value(form_labels.needs_group) as needs_group,
        any_value(form_labels.opens_group) as opens_group,
        max(form_labels.place) as place,
    from unknown_wordings
    inner join form_labels
        on unknown_wordings.form_part = form_labels.form_part
        and (
            starts_with(form_labels.label_key, unknown_wordings.wording_key)
            or ends_with(form_labels.label_key, unknown_wordings.wording_key)
        )
    where
        length(unknown_wordings.wording_key) >= 5
        and not exists (
            from similar_meanings
            where similar_meanings.text_squashed = unknown_wordings.text_squashed
            and similar_meanings.form_part = unknown_wordings.form_part
        )
    group by unknown_wordings.text_squashed, unknown_wordings.form_part
    having count(distinct concat_ws('|', form_labels.label_role, form_labels.label_code, form_labels.needs_group)) = 1
),

wordings_alike as (
    select document_wordings.document_id, alike.*
    from document_wordings
    inner join (
        select * from similar_meanings
        union all by name
        select * from part_meanings
    ) as alike
        on document_wordings.text_squashed = alike.text_squashed and document_wordings.form_part = alike.form_part
)

select * from wordings_alike
