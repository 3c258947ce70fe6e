-- Of each example the name is left that the row says.
with cut as (
    select *, {{ head_of_title('example') }} as found
    from {{ ref('title_words') }}
),

cut_otherwise as (
    select * from cut
    where found is distinct from example_head
)

select * from cut_otherwise
