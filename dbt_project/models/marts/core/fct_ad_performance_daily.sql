-- Grain: one row per platform, account, campaign, ad and day (ad_performance_key).
with ad_spend as (

    select * from {{ ref('conformed_ad_spend') }}

),

channels as (

    select * from {{ ref('int_ad_spend_channels') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

rated as (

    select
        ad_spend.*,
        coalesce(channels.channel_key, {{ surrogate_key(["'not_recorded'"]) }})
            as channel_key,
        {{ exchange_rate('rates.rate', 'ad_spend.currency_code') }} as fx_rate
    from ad_spend
    left join channels
        on ad_spend.ad_performance_key = channels.ad_performance_key
    left join rates
        on
            ad_spend.currency_code = rates.currency_code
            and ad_spend.spend_date = rates.rate_date

),

final as (

    select
        ad_performance_key,

        campaign_key,
        channel_key,

        source_system,
        source_instance,
        platform,
        platform_account_id,
        platform_campaign_id,
        ad_id,
        platform_time_zone,
        currency_code,

        impressions,
        clicks,
        engagements,
        platform_conversions,
        {{ converted('spend_local', 'fx_rate') }} as spend,
        spend_local,
        fx_rate,

        fx_rate is null as is_rate_missing,

        spend_date
    from rated

)

select * from final
