{{ config(materialized='by_document') }}

{%- set posting_label = words('page_labels', "says = 'posted'", 'label') -%}
{%- set dating_label = words('page_labels', "says = 'dated'", 'label') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id, documents.properties::varchar as properties
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    inner join {{ ref('stg_raw__documents') }} as documents on classified.document_id = documents.document_id
    where classified.document_class = 'annual_report'
),

lines as (
    select lines.* replace ({{ arabic_digits('lines.line') }} as line)
    from {{ ref('int_document_lines') }} as lines
    inner join reports on lines.document_id = reports.document_id
),

-- A line that is a day (after the name that signs), near the end or right after the title.
signatures as (
    select
        document_id,
        case
            when regexp_matches(line, '{{ words("date_words", "use = 'filled_in'") }}') then 'filled_in'
            when regexp_matches(line, '{{ words("date_words", "use = 'printed'") }}') then 'printed'
            else 'signed'
        end as kind,
        'signature' as source,
        block_no,
        -- Without blanks a time of day runs into the day: 2021-01-2208：37.
        regexp_extract(
            regexp_replace(line, '{{ time_of_day_pattern() }}', ' '), '{{ day_pattern() }}', ['year', 'month', 'day']
        ) as parts,
        regexp_extract(line, '{{ day_pattern() }}{{ time_pattern() }}', 4) as time_of_day,
    from lines
    where (line_no_from_end <= 15 or line_no <= 6)
        and not is_about_page
        and regexp_matches(
            line,
            '^[^。；，\d]{0,40}{{ day_pattern() }}(?:[^。；，\d]{0,6}$|附[件表：])|^{{ day_pattern() }}T?{{ time_of_day_pattern() }}$'
            || '|{{ words("date_words", "use = 'signing_label'") }}(日期|时间)：?{{ day_pattern() }}'
            || '|^[\[（【]?{{ day_pattern() }}[\d：:]{0,8}[\]）】]?{{ words("page_words", "kind = 'byline'", 'pattern') }}'
        )
        and not regexp_matches(
            regexp_replace(line, '附[件表：].*$', ''),
            '{{ words("date_words", "use = 'no_signature'") }}|[至到—~]$'
        )
),

labelled as (
    select
        document_id,
        if(regexp_matches(line, '{{ posting_label }}'), 'posted', 'dated') as kind,
        'portal' as source,
        block_no,
        regexp_extract(
            line,
            '(?:{{ posting_label }}|{{ dating_label }})：?[\[（【|]*{{ day_pattern() }}{{ time_pattern() }}',
            ['year', 'month', 'day', 'time']
        ) as parts,
        parts['time'] as time_of_day,
    from lines
    where (line_no <= 20 or line_no_from_end <= 5)
        -- Text crawled as one line goes on behind its head.
        and (length(line) <= 200 or regexp_matches(line, '^.{0,30}(?:{{ posting_label }}|{{ dating_label }})：'))
        and (is_about_page or line_no <= 5)
),

labelled_in_tables as (
    select
        labels.document_id,
        if(regexp_matches(labels.label, '{{ posting_label }}'), 'posted', 'dated') as kind,
        'portal' as source,
        0 as block_no,
        regexp_extract(
            {{ arabic_digits('labels.value') }},
            '{{ day_pattern() }}{{ time_pattern() }}',
            ['year', 'month', 'day', 'time']
        ) as parts,
        parts['time'] as time_of_day,
    from {{ ref('int_document_labels') }} as labels
    inner join reports on labels.document_id = reports.document_id
),

posted_in_properties as (
    select
        document_id,
        'posted' as kind,
        'property' as source,
        0 as block_no,
        regexp_extract(
            properties,
            '(?i)"[^"]*(?:{{ words("date_words", "use = 'posting_property'") }}|{{ posting_label }})[^"]*":\s*"'
            || '{{ day_pattern() }}{{ time_pattern() }}',
            ['year', 'month', 'day', 'time']
        ) as parts,
        parts['time'] as time_of_day,
    from reports
),

dated_in_properties as (
    select
        document_id,
        'dated' as kind,
        'property' as source,
        0 as block_no,
        regexp_extract(
            properties,
            '"{{ dating_label }}":\s*"{{ day_pattern() }}{{ time_pattern() }}',
            ['year', 'month', 'day', 'time']
        ) as parts,
        parts['time'] as time_of_day,
    from reports
),

found as (
    {%- for places in ['signatures', 'labelled', 'labelled_in_tables', 'posted_in_properties', 'dated_in_properties'] %}
    select document_id, kind, source, block_no, parts.year, parts.month, parts.day, time_of_day from {{ places }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

days as (
    select
        document_id,
        kind,
        source,
        block_no,
        {{ day_of('year', 'month', 'day') }} as found_on,
        try_cast(replace(time_of_day, '：', ':') as time) as found_time,
    from found
    where year != ''
)

select * from days
where found_on is not null
