with checks as (
    select * from {{ ref('checks') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

-- An item of the list is an indicator or the beginning of several (decision.); * is all that no other check of the
-- same kind names.
items as (
    select check_code, kind, tolerance, unnest(string_split(left_side, ' ')) as item from checks
    where kind not in ('identity') and left_side is not null
),

named as (
    select items.* exclude (item), indicators.indicator_code, indicators.name_zh, indicators.name_en
    from items
    inner join indicators
        on indicators.indicator_code = items.item
        or (items.item like '%.' and starts_with(indicators.indicator_code, items.item))
),

remaining as (
    select items.* exclude (item), indicators.indicator_code, indicators.name_zh, indicators.name_en
    from items
    cross join indicators
    anti join named on items.kind = named.kind and indicators.indicator_code = named.indicator_code
    where items.item = '*'
)

select * from named
union all
select * from remaining
