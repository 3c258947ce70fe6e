{# What takes the place of each kind of body in the end, over how many steps, and in which years such a body surely exists. #}
with successions as (
    select * from {{ ref('agency_successions') }}
),

bodies as (
    select body from {{ ref('agency_wordings') }}
),

-- What was put into a body that was there before ends with it, and what was split off begins anew: neither goes on.
going_on as (
    select * from successions
    where kind != 'split' and settled_year is not null
),

-- Years rise from step to step, so that no circle of rows is followed for ever.
recursive_steps as (
    with recursive steps as (
        select body, body as later_body, 0 as step_count, 0 as merge_count, 0 as year from bodies
        union all
        select
            steps.body,
            going_on.to_body,
            steps.step_count + 1,
            steps.merge_count + (going_on.kind = 'merge')::integer,
            going_on.year,
        from steps
        inner join going_on on steps.later_body = going_on.from_body and steps.year < going_on.year
    )

    select * from steps
),

ahead as (
    select body, arg_max(later_body, step_count) as line, max(step_count) as steps_ahead from recursive_steps
    group by body
),

behind as (
    select later_body as body, max(merge_count) as merges_behind from recursive_steps
    group by later_body
),

begun as (
    select to_body as body, min(settled_year) as begins_year from successions
    group by to_body
),

ended as (
    select
        from_body as body,
        min(year) - 1 as ends_year,
        min(succession_no) as succession_no,
    from successions
    where kind != 'split'
    group by from_body
),

described as (
    select
        ahead.body,
        ahead.line,
        ahead.steps_ahead::integer as steps_ahead,
        (behind.merges_behind + 1)::integer as body_no,
        begun.begins_year::integer as begins_year,
        ended.ends_year::integer as ends_year,
        ended.succession_no,
    from ahead
    inner join behind on ahead.body = behind.body
    left join begun on ahead.body = begun.body
    left join ended on ahead.body = ended.body
)

select * from described
