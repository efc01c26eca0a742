-- Grain: one row per platform, account, campaign, ad and day (ad_performance_key).
with ad_spend as (

    select * from {{ ref('stg_file_drop__ad_spend') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'ad_spend.source_system',
            'ad_spend.source_instance',
            'ad_spend.platform',
            'ad_spend.platform_account_id',
            'ad_spend.campaign_id',
            'ad_spend.ad_id',
            'ad_spend.spend_date',
        ]) }} as ad_performance_key,
        {{ reference_key('reference_origins.campaigns_origin', 'ad_spend.campaign_id') }}
            as campaign_key,

        ad_spend.source_system,
        ad_spend.source_instance,
        ad_spend.platform,
        ad_spend.platform_account_id,
        ad_spend.campaign_id as platform_campaign_id,
        ad_spend.campaign_name as platform_campaign_name,
        ad_spend.ad_id,
        ad_spend.platform_time_zone,
        ad_spend.utm_source,
        ad_spend.utm_medium,
        ad_spend.source_field,
        ad_spend.currency_code,

        ad_spend.impressions,
        ad_spend.clicks,
        ad_spend.engagements,
        ad_spend.platform_conversions,
        ad_spend.spend as spend_local,

        ad_spend.spend_date
    from ad_spend
    left join reference_origins
        on ad_spend.source_instance = reference_origins.source_name

)

select * from final
