-- Grain: one row per resolved person, anonymous visitors included (person_key).
-- Why: people with a record, people whom only an address names, visitors nobody could name, and
-- one member for touches that name nobody at all.
with recorded_persons as (

    select * from {{ ref('int_recorded_persons') }}

),

addressed_persons as (

    select * from {{ ref('int_addressed_persons') }}

),

anonymous_persons as (

    select * from {{ ref('int_anonymous_persons') }}
    where not is_known

),

without_record as (

    select
        person_key,
        email_hash,
        true as is_known,
        is_reportable,
        false as is_unknown,
        first_seen_date
    from addressed_persons
    union all
    select
        person_key,
        cast(null as varchar) as email_hash,
        false as is_known,
        true as is_reportable,
        false as is_unknown,
        first_seen_date
    from anonymous_persons
    union all
    select
        {{ unknown_key('person') }} as person_key,
        cast(null as varchar) as email_hash,
        false as is_known,
        true as is_reportable,
        true as is_unknown,
        cast(null as date) as first_seen_date

),

final as (

    select
        person_key,
        account_key,
        first_channel_key,

        persona,
        segment,
        region,
        country,
        email_hash,

        true as is_known,
        is_reportable,
        false as is_unknown,

        first_seen_date
    from recorded_persons
    union all
    select
        person_key,
        cast(null as varchar) as account_key,
        cast(null as varchar) as first_channel_key,

        cast(null as varchar) as persona,
        cast(null as varchar) as segment,
        cast(null as varchar) as region,
        cast(null as varchar) as country,
        email_hash,

        is_known,
        is_reportable,
        is_unknown,

        first_seen_date
    from without_record

)

select * from final
