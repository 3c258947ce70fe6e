{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

form_labels as (
    select * from {{ ref('int_form_labels') }}
),

word_columns as (
    select * from {{ ref('form_columns') }} where match = 'part'
),

single_label_cells as (
    select
        * replace (coalesce(own_label, text_squashed) as text_squashed),
        if(lead(col_no) over cells_of_row = col_no + 1, lead(text_squashed) over cells_of_row, null) as next_text,
    from cells
    where cell_kind = 'label' or own_label is not null
    window cells_of_row as (partition by document_id, table_no, row_no order by col_no)
),

-- Where a table lost its columns, a label may have been broken into two cells: 商业 and 企业.
broken_labels as (
    select text_squashed, next_text
    from (
        select distinct text_squashed, next_text
        from single_label_cells
        where table_kind = 'flat' and length(text_squashed || next_text) between 3 and 14
    ) as neighbours
    where
        {{ label_key_full('text_squashed || next_text') }} in (select label_key from form_labels)
        and (
            {{ label_key_full('text_squashed') }} not in (select label_key from form_labels)
            or {{ label_key_full('next_text') }} not in (select label_key from form_labels)
        )
),

label_cells as (
    select
        * exclude (next_text, is_broken, is_rest)
        replace (if(is_broken, text_squashed || next_text, text_squashed) as text_squashed)
    from (
        select
            single_label_cells.*,
            broken_labels.text_squashed is not null as is_broken,
            coalesce(lag(broken_labels.text_squashed is not null) over (
                partition by single_label_cells.document_id, single_label_cells.table_no, single_label_cells.row_no
                order by single_label_cells.col_no
            ), false) as is_rest,
        from single_label_cells
        left join broken_labels
            on single_label_cells.table_kind = 'flat'
            and single_label_cells.text_squashed = broken_labels.text_squashed
            and single_label_cells.next_text = broken_labels.next_text
    ) as labels_with_neighbours
    where not is_rest
),

-- Labels repeat from report to report: each wording is compared once.
wordings as (
    select
        text_squashed,
        {{ label_key_full('text_squashed') }} as key_full,
        {{ label_key_bare('text_squashed') }} as key_bare,
    from (select distinct text_squashed from label_cells where length(text_squashed) <= 120) as distinct_labels
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
        '^(?:19|20)\d\d年度?(?:1-12月|1月[-至]12月|全年)?(?:累计|合计|统计)?(?:数|数量|数据)?$'
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

anchors as (
    select text_squashed, any_value(form_part) as form_part
    from best_meanings
    -- a single word within a label says too little
    where tier != 6
    group by text_squashed
    having count(distinct form_part) = 1
),

-- The part of the form that a cell stands in: what the last label said that belongs to one part alone, or the next.
placed_cells as (
    select
        label_cells.*,
        last_value(anchors.form_part ignore nulls) over reading_before as part_before,
        first_value(anchors.form_part ignore nulls) over reading_after as part_after,
    from label_cells
    left join anchors on label_cells.text_squashed = anchors.text_squashed
    window
        reading_before as (
            partition by label_cells.document_id, label_cells.table_no
            order by label_cells.row_no, label_cells.col_no
            rows between unbounded preceding and current row
        ),
        reading_after as (
            partition by label_cells.document_id, label_cells.table_no
            order by label_cells.row_no, label_cells.col_no
            rows between current row and unbounded following
        )
),

-- A wording that no label equals is compared with the labels of the part that it stands in.
unknown_wordings as (
    select distinct
        placed_cells.text_squashed,
        coalesce(placed_cells.part_before, placed_cells.part_after) as form_part,
        wordings.key_bare as wording_key,
    from placed_cells
    inner join wordings on placed_cells.text_squashed = wordings.text_squashed
    where
        coalesce(placed_cells.part_before, placed_cells.part_after) is not null
        and length(wordings.key_bare) between 4 and 40
        and not exists (
            from best_meanings
            where best_meanings.text_squashed = placed_cells.text_squashed
            and best_meanings.form_part = coalesce(placed_cells.part_before, placed_cells.part_after)
        )
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
        and regexp_replace(unknown_wordings.wording_key, '[^不非未无专兼同]', '', 'g')
        = regexp_replace(form_labels.label_key, '[^不非未无专兼同]', '', 'g')
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

all_meanings as (
    select * from best_meanings
    union all by name
    select * from similar_meanings
    union all by name
    select * from part_meanings
),

meanings as (
    select
        *,
        count(distinct label_role) over (partition by text_squashed, form_part) as role_count,
        count(*) over (partition by text_squashed, form_part, label_role) as reading_count,
    from all_meanings
),

parts_of_wordings as (
    select text_squashed, list(distinct form_part) as form_parts
    from meanings
    group by text_squashed
),

-- Columns of numbers: a label to the right of one belongs to a second panel of the same table.
value_columns as (
    select document_id, table_no, list(col_no) as col_nos
    from (
        select document_id, table_no, col_no
        from cells
        where table_kind = 'grid'
        group by document_id, table_no, col_no
        having count_if(cell_kind = 'value') >= 3
    ) as columns_of_numbers
    group by document_id, table_no
),

row_figures as (
    select document_id, table_no, row_no, count_if(cell_kind = 'value') as figure_count
    from cells
    group by document_id, table_no, row_no
),

cell_meanings as (
    select
        placed_cells.document_id,
        placed_cells.table_no,
        placed_cells.row_no,
        placed_cells.col_no,
        placed_cells.row_span,
        placed_cells.col_span,
        placed_cells.label_seq,
        placed_cells.table_kind,
        placed_cells.text_squashed,
        coalesce(len(list_filter(value_columns.col_nos, lambda col_no: col_no < placed_cells.col_no)), 0) as panel,
        coalesce(row_figures.figure_count, 0) as figure_count,
        meanings.tier,
        meanings.form_part,
        meanings.label_role,
        meanings.label,
        meanings.label_code,
        meanings.needs_group,
        meanings.opens_group,
        meanings.place,
        meanings.forms,
        meanings.role_count,
        meanings.reading_count,
    from placed_cells
    inner join parts_of_wordings on placed_cells.text_squashed = parts_of_wordings.text_squashed
    -- The part before wins over the part to come.
    inner join meanings
        on placed_cells.text_squashed = meanings.text_squashed
        and meanings.form_part = case
            when list_contains(parts_of_wordings.form_parts, placed_cells.part_before) then placed_cells.part_before
            when list_contains(parts_of_wordings.form_parts, placed_cells.part_after) then placed_cells.part_after
        end
    left join value_columns
        on placed_cells.document_id = value_columns.document_id and placed_cells.table_no = value_columns.table_no
    left join row_figures
        on placed_cells.document_id = row_figures.document_id
        and placed_cells.table_no = row_figures.table_no
        and placed_cells.row_no = row_figures.row_no
),

-- 其他 and 总计 are columns of the application table only beside other columns; no column label has figures in its row
-- (except in the table of appeals, where 行政复议 may stand before its figures).
cell_roles as (
    select
        *,
        last_value(if(tier <= 7, opens_group, null) ignore nulls) over (
            partition by document_id, form_part
            order by table_no, panel, row_no, col_no
            rows between unbounded preceding and 1 preceding
        ) as group_above,
    from (
        select
            *,
            bool_or(label_role = 'column' and role_count = 1) over (
                partition by document_id, table_no, row_no, form_part
            ) as has_columns,
        from cell_meanings
    ) as rows_with_columns
    where role_count = 1 or (label_role = 'column') = has_columns
),

-- Of several readings of one label that of the group above it.
one_meaning as (
    select *
    from cell_roles
    where reading_count = 1 and (needs_group is null or needs_group is not distinct from group_above)
    union all
    select *
    from cell_roles
    where reading_count > 1 and (needs_group is null or needs_group is not distinct from group_above)
    qualify
        row_number() over (
            partition by document_id, table_no, row_no, col_no
            order by needs_group is null, tier, label_role, label_code
        ) = 1
),

labels_matched as (
    select
        document_id,
        table_no,
        row_no,
        col_no,
        row_span,
        col_span,
        label_seq,
        table_kind,
        panel,
        figure_count,
        form_part,
        label_role,
        text_squashed,
        label,
        label_code,
        opens_group,
        coalesce(opens_group, group_above) as row_group,
        place,
        forms,
        tier,
        regexp_extract(text_squashed, '千元|百万元|万元|亿元|元') as stated_unit,
    from one_meaning
)

select * from labels_matched
