-- Grain: one row per period of algorithmic attribution by campaign (period_grain).
with source as (

    select * from {{ source('rules', 'attribution_campaign_period') }}

),

final as (

    select
        period_grain,
        least_conversions,
        most_campaigns,
        least_journeys_per_window
    from source

)

select * from final
