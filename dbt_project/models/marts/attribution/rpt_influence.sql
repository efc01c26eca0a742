-- Grain: one row per month and channel (influence_month, channel_key).
-- Why: whole opportunities, once for each channel that touched one; a deal of three channels is in
-- three rows, so these never add up. Every touch that may earn credit does so in the linear model.
with credits as (

    select * from {{ ref('fct_attribution_credit') }}
    where
        model = 'linear'
        and touch_key is not null
        and conversion_type in ('opportunity', 'won')

),

channels as (

    select * from {{ ref('dim_channel') }}

),

influenced as (

    select distinct
        conversion_key,
        conversion_type,
        conversion_amount,
        channel_key,
        {{ first_of_month('converted_date') }} as influence_month
    from credits

),

summed as (

    select
        channel_key,
        influence_month,
        sum(case when conversion_type = 'opportunity' then 1 else 0 end)
            as influenced_opportunities,
        sum(case when conversion_type = 'opportunity' then conversion_amount else 0 end)
            as influenced_amount,
        sum(case when conversion_type = 'won' then 1 else 0 end) as influenced_won_opportunities,
        sum(case when conversion_type = 'won' then conversion_amount else 0 end)
            as influenced_won_amount
    from influenced
    group by
        channel_key,
        influence_month

),

final as (

    select
        summed.channel_key,

        channels.channel_name,

        cast(summed.influenced_opportunities as bigint) as influenced_opportunities,
        cast(coalesce(summed.influenced_amount, 0) as decimal(18, 2)) as influenced_amount,
        cast(summed.influenced_won_opportunities as bigint) as influenced_won_opportunities,
        cast(coalesce(summed.influenced_won_amount, 0) as decimal(18, 2))
            as influenced_won_amount,

        summed.influence_month
    from summed
    left join channels
        on summed.channel_key = channels.channel_key

)

select * from final
