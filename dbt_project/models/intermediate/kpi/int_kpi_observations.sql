-- Grain: one row per single value that a median is taken over (component, observation_key).
-- Why: a median cannot be added up, so each cell takes it from the values themselves.
with opportunities as (

    select * from {{ ref('int_kpi_opportunities') }}

),

handoffs as (

    select * from {{ ref('fct_handoff') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

final as (

    select
        opportunity_key as observation_key,

        'sales_cycle_days' as component,
        channel_name,
        team_at_close as team,
        segment,
        region,
        product_name,

        cast(sales_cycle_days as decimal(18, 6)) as observation,

        close_date as component_date
    from opportunities
    where
        is_won
        and sales_cycle_days is not null
        and close_date <= {{ as_of_date() }}
    union all
    -- Who was never answered is in with the time waited: left out, silence would be fast.
    select
        handoffs.handoff_key as observation_key,

        'speed_to_lead' as component,
        coalesce(channels.channel_name, 'unknown') as channel_name,
        handoffs.team,
        handoffs.segment,
        handoffs.region,
        'unknown' as product_name,

        handoffs.waited_business_minutes_from_mql as observation,

        handoffs.assigned_date as component_date
    from handoffs
    left join channels
        on handoffs.channel_key = channels.channel_key
    where
        handoffs.is_due
        and handoffs.waited_business_minutes_from_mql is not null
        and handoffs.assigned_date <= {{ as_of_date() }}

)

select * from final
