with measures as (
    select * from {{ ref('rule_measures') }}
),

with_interval as (
    select
        *,
        {{ wilson_low('agree', 'n') }} as share_low,
        {{ wilson_high('agree', 'n') }} as share_high,
    from measures
),

-- Only what the interval leaves no doubt of: 73 of 73 are certain, 5 of 5 say nothing.
rule_confidence as (
    select
        rule_id,
        confidence as asserted_confidence,
        case
            when share_low >= 0.95 then 'certain'
            when share_high < 0.9 then 'doubtful'
            when share_high < 0.99 then 'likely'
        end as measured_confidence,
    from with_interval
)

select * from rule_confidence where measured_confidence is not null
