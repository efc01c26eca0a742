-- Grain: one row per record that a channel is found for (entity, record_key).
-- Why: the one place that says which fields decide a channel, lower case and trimmed,
-- blank = NULL. Of touches it holds the combinations of these fields.
with leads as (

    select * from {{ ref('conformed_leads') }}

),

opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

ad_spend as (

    select * from {{ ref('conformed_ad_spend') }}

),

campaigns as (

    select * from {{ ref('conformed_campaigns') }}

),

touch_channel_fields as (

    select * from {{ ref('int_touch_channel_fields') }}

),

content_performance as (

    select * from {{ ref('conformed_content_performance') }}

),

delivered as (

    select
        'lead' as entity,
        lead_key as record_key,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer,
        click_id_type,
        source_field
    from leads
    union all
    select
        'opportunity' as entity,
        opportunity_key as record_key,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as referrer,
        cast(null as varchar) as click_id_type,
        source_field
    from opportunities
    union all
    select
        'ad_spend' as entity,
        ad_performance_key as record_key,
        utm_source,
        utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as referrer,
        cast(null as varchar) as click_id_type,
        coalesce(nullif(trim(source_field), ''), platform) as source_field
    from ad_spend
    union all
    select
        'campaign' as entity,
        campaign_key as record_key,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as referrer,
        cast(null as varchar) as click_id_type,
        source_field
    from campaigns
    union all
    select
        'touch' as entity,
        channel_fields_key as record_key,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer,
        click_id_type,
        source_field
    from touch_channel_fields
    union all
    select
        'content_performance' as entity,
        content_performance_key as record_key,
        utm_source,
        utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as referrer,
        cast(null as varchar) as click_id_type,
        source_field
    from content_performance

),

referrer_hosts as (

    select
        *,
        split_part(
            split_part(
                split_part(
                    split_part(
                        regexp_replace(
                            lower(trim(referrer)), '^([a-z][a-z0-9+.-]*:)?//', ''
                        ),
                        '/', 1
                    ),
                    '?', 1
                ),
                '#', 1
            ),
            ':', 1
        ) as referrer_host
    from delivered

),

normalised as (

    select
        entity,
        record_key,
        nullif(lower(trim(utm_source)), '') as utm_source,
        nullif(lower(trim(utm_medium)), '') as utm_medium,
        nullif(lower(trim(utm_campaign)), '') as utm_campaign,
        nullif(regexp_replace(referrer_host, '^www[.]', ''), '') as referrer_domain,
        nullif(lower(trim(click_id_type)), '') as click_id_type,
        nullif(lower(trim(source_field)), '') as source_field
    from referrer_hosts

),

final as (

    select
        record_key,
        {{ surrogate_key([
            'utm_source',
            'utm_medium',
            'utm_campaign',
            'referrer_domain',
            'click_id_type',
            'source_field',
        ]) }} as channel_input_key,

        entity,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer_domain,
        click_id_type,
        source_field
    from normalised

)

select * from final
