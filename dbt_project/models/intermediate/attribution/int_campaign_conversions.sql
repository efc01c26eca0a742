-- Grain: one row per period, conversion type and journey that converted in it (period_grain, period_start, conversion_type, journey_key).
-- Why: campaigns are counted, walked through and credited period by period. A refund's journey is
-- that of its win, and so are the campaigns that are told apart in it.
with conversions as (

    select * from {{ ref('int_conversions') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

campaign_periods as (

    select * from {{ ref('stg_company__attribution_campaign_periods') }}

),

final as (

    select
        campaign_periods.period_grain,
        conversions.conversion_type,
        case
            when conversions.conversion_type = 'refund' then 'won' else conversions.conversion_type
        end as journey_type,
        conversions.journey_key,
        campaign_periods.least_conversions,
        campaign_periods.most_campaigns,
        conversions.conversion_amount,
        periods.period_start
    from conversions
    inner join periods
        on
            conversions.converted_date >= periods.period_start
            and conversions.converted_date <= periods.period_end
    inner join campaign_periods
        on periods.period_grain = campaign_periods.period_grain

)

select * from final
