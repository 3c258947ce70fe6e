-- Each label is read from its example: what it says behind it, in a cell, at the beginning of a line about the page.
with read as (
    select
        *,
        regexp_extract(example, label || '(?:（[^）]*）)?：([^ ]+)', 1) as found,
        regexp_extract(example, '^{{ words('page_labels', 'in_cell', 'label') }}') as found_in_cell,
        regexp_extract(example, '^{{ words('page_labels', 'opens_line', 'label') }}') as found_before_line,
    from {{ ref('page_labels') }}
),

unread as (
    select * from read
    where found != example_gives
        or in_cell and found_in_cell != label
        or opens_line and found_before_line != label
)

select * from unread
