-- Grain: one row per ad and day of a source (source_instance, platform, platform_account_id, campaign_id, ad_id, spend_date).
with source as (

    select * from {{ source('raw_file_drop', 'ad_spend') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, platform, platform_account_id, campaign_id, ad_id, spend_date
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        platform,
        platform_account_id,
        campaign_id,
        campaign_name,
        ad_id,
        spend_date,
        impressions,
        clicks,
        engagements,
        platform_conversions,
        spend,
        currency_code,
        platform_time_zone,
        utm_source,
        utm_medium,
        source_field,
        attributes
    from newest

)

select * from final
