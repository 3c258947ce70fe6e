{# Every way in which a region may be named, each with its code. #}
with places as (
    select * from {{ ref('int_region_places') }}
),

regions as (
    select region_code, name, valid_from_year, valid_to_year from {{ ref('regions') }}
),

townships as (
    select region_code, name, valid_from_year, valid_to_year from {{ ref('townships') }}
),

aliases as (
    select * from {{ ref('region_aliases') }}
),

official as (
    select named.*, places.level_code, {{ short_region_name('named.name') }} as short_name
    from (select * from regions union all by name select * from townships) as named
    inner join places on named.region_code = places.region_code
),

-- 恩施土家族苗族自治州 is called 恩施州 and 恩施; 莫力达瓦达斡尔族自治旗 莫力达瓦旗; 宝坻区 宝坻; 镇、乡 keep their word.
forms as (
    select region_code, name as form, 'full' as form_kind, valid_from_year, valid_to_year from official
    union all
    select region_code, short_name || right(name, 1), 'variant', valid_from_year, valid_to_year
    from official
    where regexp_matches(name, '自治[州县旗]$|族[乡镇]$')
    union all
    select region_code, short_name || '自治' || right(name, 1), 'variant', valid_from_year, valid_to_year
    from official
    where regexp_matches(name, '自治[州县旗]$')
    union all
    select region_code, regexp_extract(name, '^(.{2,})办事处$', 1) || '街道', 'variant', valid_from_year, valid_to_year
    from official
    where regexp_matches(name, '[^道区]办事处$')
    union all
    select official.region_code, aliases.alias, 'variant', official.valid_from_year, official.valid_to_year
    from aliases
    inner join official on aliases.region_code = official.region_code
    union all
    select region_code, short_name, 'short', valid_from_year, valid_to_year
    from official
    where level_code != 'township'
    union all
    -- A zone is named without its city too, a farm or office with or without what stands before it.
    select region_code, regexp_extract(name, '^.{2,6}?[省市](.{4,})$', 1), 'short', valid_from_year, valid_to_year
    from official
    where regexp_matches(name, '^.{2,6}?[省市].{4,}$')
),

distinct_forms as (
    select
        forms.form,
        forms.region_code,
        case
            when bool_or(forms.form_kind = 'full') then 'full'
            when bool_or(forms.form_kind = 'variant') then 'variant'
            else 'short'
        end as form_kind,
        places.level_code,
        -- NULL where any of the rows has no bound.
        case when count(forms.valid_from_year) = count(*) then min(forms.valid_from_year) end as valid_from_year,
        case when count(forms.valid_to_year) = count(*) then max(forms.valid_to_year) end as valid_to_year,
    from forms
    inner join places on forms.region_code = places.region_code
    where length(forms.form) >= 2
        -- Some rows of the lists are called no more than what they are.
        and not regexp_full_match(forms.form, '{{ words("place_words", "use = 'no_name'") }}')
    group by forms.form, forms.region_code, places.level_code
)

select * from distinct_forms
