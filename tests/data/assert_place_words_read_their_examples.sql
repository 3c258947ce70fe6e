-- Each word does in its example what its row says.
select *
from {{ ref('place_words') }}
where
    case use
        when 'no_name' then not regexp_full_match(example, '{{ words("place_words", "use = 'no_name'") }}')
        else {{ short_region_name('example') }} is distinct from example_short
    end
