-- Each row names the body of its example place, and no row before it of the same kind of place does.
with bodies as (
    select * from {{ ref('body_names') }}
),

named as (
    select
        examples.name_order,
        examples.example_place,
        examples.example_name,
        arg_min(examples.example_place || bodies.body, bodies.name_order) as found,
    from bodies as examples
    left join bodies
        on examples.place_kind = bodies.place_kind
        and regexp_matches(examples.example_place, '(?:' || bodies.place_ending || ')$')
    group by examples.name_order, examples.example_place, examples.example_name
),

named_otherwise as (
    select * from named
    where found is distinct from example_name
)

select * from named_otherwise
