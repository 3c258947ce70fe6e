{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id, documents.manifest_published_on
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    inner join {{ ref('stg_raw__documents') }} as documents on classified.document_id = documents.document_id
    where classified.document_class = 'annual_report'
),

years as (
    select years.*
    from {{ ref('int_report_years') }} as years
    inner join reports on years.document_id = reports.document_id
),

periods as (
    select periods.*
    from {{ ref('int_report_periods') }} as periods
    inner join reports on periods.document_id = reports.document_id
),

published_hints as (
    select
        document_id,
        manifest_published_on as published_on,
        'manifest' as source,
        {{ weight('day_in_manifest') }} as strength,
        0 as block_no,
        null::time as found_time,
    from reports
    where manifest_published_on is not null
    union all
    select
        days.document_id,
        days.found_on,
        days.source,
        case days.kind
            when 'posted' then {{ weight('day_posted') }}
            when 'dated' then {{ weight('day_dated') }}
            when 'signed' then {{ weight('day_signed') }}
            when 'printed' then {{ weight('day_printed') }}
            when 'filled_in' then {{ weight('day_filled_in') }}
        end,
        days.block_no,
        days.found_time,
    from {{ ref('int_report_days') }} as days
    inner join reports on days.document_id = reports.document_id
),

-- No report is published before its year, or a shorter period that it states, is nearly over: a page's older day is of
-- another thing.
of_its_time as (
    select hints.*
    from published_hints as hints
    inner join years on hints.document_id = years.document_id
    left join periods on hints.document_id = periods.document_id and periods.is_sound
    where hints.published_on >= least(
        make_date(years.year, 12, 1),
        -- The school year of a university ends in summer.
        case when year(periods.stated_start) = years.year - 1 then periods.stated_end end
    )
        and (hints.source = 'manifest' or hints.published_on < make_date(years.year + 12, 1, 1))
),

best as (
    select
        document_id,
        arg_max(published_on, row(strength, block_no)) as published_on,
        arg_max(source, row(strength, block_no)) as published_evidence,
    from of_its_time
    group by document_id
),

-- Whichever place says the time of that day.
published as (
    select
        best.*,
        (
            select best.published_on + min(hints.found_time)
            from of_its_time as hints
            where hints.document_id = best.document_id and hints.published_on = best.published_on
        ) as published_at,
    from best
),

joined as (
    select
        reports.document_id,
        years.* exclude (document_id),
        periods.* exclude (document_id),
        coalesce(
            periods.is_sound and years.year in (year(periods.stated_start), year(periods.stated_end)), false
        ) as is_of_year,
        published.published_on,
        published.published_at,
        published.published_evidence,
    from reports
    left join years on reports.document_id = years.document_id
    left join periods on reports.document_id = periods.document_id
    left join published on reports.document_id = published.document_id
),

dated as (
    select
        document_id,
        year,
        year_strength,
        year_evidence,
        year_contradicted_by,
        -- The stated period counts where it is of the report's year, and each end where it is a day at all.
        case
            when is_of_year then stated_start
            when not is_sound and year(stated_start) = year then stated_start
            else make_date(year, 1, 1)
        end as period_start,
        case
            when is_of_year then stated_end
            when not is_sound and year(stated_end) = year and stated_start is null then stated_end
            else make_date(year, 12, 31)
        end as period_end,
        case when year is not null then if(is_of_year, 'stated', 'assumed') end as period_basis,
        stated_start,
        stated_end,
        published_on,
        published_at,
        published_evidence,
    from joined
)

select * from dated
