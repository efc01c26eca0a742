-- Grain: one row per combination of the fields that decide a touch's channel (channel_fields_key).
-- Why: channels are found once per combination; millions of touches carry a few thousand.
with touches as (

    select * from {{ ref('conformed_touches') }}

),

final as (

    select
        channel_fields_key,

        min(utm_source) as utm_source,
        min(utm_medium) as utm_medium,
        min(utm_campaign) as utm_campaign,
        min(referrer) as referrer,
        min(click_id_type) as click_id_type,
        min(source_field) as source_field,

        count(*) as touch_count
    from touches
    group by channel_fields_key

)

select * from final
