-- Grain: one row per conversion (conversion_key).
-- Why: the way to it at a glance; the path names each channel once in a row.
with conversions as (

    select * from {{ ref('int_conversions') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

named as (

    select
        journey_touches.*,
        channels.channel_name,
        lag(channels.channel_name) over (
            partition by journey_touches.journey_key
            order by journey_touches.touch_number
        ) as channel_before
    from journey_touches
    inner join channels
        on journey_touches.channel_key = channels.channel_key

),

journeys as (

    select
        journey_key,
        count(*) as touch_count,
        count(distinct person_key) as people_count,
        min(touched_date) as first_touch_date
    from named
    group by journey_key

),

paths as (

    select
        journey_key,
        string_agg(channel_name, ' > ' order by touch_number) as channel_path
    from named
    where channel_before is null or channel_before <> channel_name
    group by journey_key

),

final as (

    select
        conversions.conversion_key,
        conversions.opportunity_key,
        conversions.person_key,
        coalesce(accounts.account_key, {{ unknown_key('account') }}) as account_key,

        conversions.conversion_type,
        conversions.booking_type,
        paths.channel_path,

        conversions.conversion_amount,
        coalesce(journeys.touch_count, 0) as touch_count,
        coalesce(journeys.people_count, 0) as people_count,
        cast(
            {{ days_between('journeys.first_touch_date', 'conversions.converted_date') }}
            as integer
        ) as days_to_conversion,

        journeys.first_touch_date,
        conversions.converted_date,

        conversions.converted_at
    from conversions
    left join journeys
        on conversions.journey_key = journeys.journey_key
    left join paths
        on conversions.journey_key = paths.journey_key
    left join accounts
        on conversions.account_key = accounts.account_key

)

select * from final
