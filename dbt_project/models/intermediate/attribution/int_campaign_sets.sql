-- Grain: one row per period, conversion type and set of campaigns (period_grain, period_start, conversion_type, campaign_set).
-- Why: as int_channel_sets, with campaigns. A refund's journeys without a conversion are those of won
-- deals.
with campaign_steps as (

    select * from {{ ref('int_campaign_steps') }}

),

journey_sets as (

    select
        period_grain,
        period_start,
        conversion_type,
        is_converted,
        {{ number_set('state_number') }} as campaign_set,
        max(conversion_amount) as conversion_amount
    from campaign_steps
    group by
        period_grain,
        period_start,
        conversion_type,
        is_converted,
        journey_number

),

with_refunds as (

    select * from journey_sets
    union all
    select
        period_grain,
        period_start,
        'refund' as conversion_type,
        is_converted,
        campaign_set,
        conversion_amount
    from journey_sets
    where conversion_type = 'won' and not is_converted

),

final as (

    select
        period_grain,
        conversion_type,
        campaign_set,
        cast(sum(case when is_converted then 1 else 0 end) as bigint) as converted_count,
        cast(sum(conversion_amount) as decimal(18, 2)) as converted_amount,
        cast(sum(abs(conversion_amount)) as decimal(18, 2)) as absolute_amount,
        cast(sum(case when is_converted then 0 else 1 end) as bigint) as unconverted_count,
        period_start
    from with_refunds
    group by
        period_grain,
        conversion_type,
        campaign_set,
        period_start

)

select * from final
