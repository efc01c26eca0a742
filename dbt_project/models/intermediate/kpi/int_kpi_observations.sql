-- Grain: one row per single value that a median is taken over (component, observation_key).
-- Why: a median cannot be added up, so each cell takes it from the values themselves.
with opportunities as (

    select * from {{ ref('int_kpi_opportunities') }}

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

)

select * from final
