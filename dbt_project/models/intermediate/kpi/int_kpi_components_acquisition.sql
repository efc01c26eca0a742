-- Grain: one row per component, day and dimensions of winning customers (component, component_date, channel_name, team, segment, region, product_name).
-- Why: the loaded cost is media plus all other costs of Marketing, Sales Development and Sales;
-- serving customers is none of it. Lagged, a cost stands so many months later as a deal takes from
-- creation to signature, in the month whose customers it won.
with new_customers as (

    select * from {{ ref('int_kpi_new_customers') }}

),

spend as (

    select * from {{ ref('int_kpi_components_spend') }}

),

costs as (

    select * from {{ ref('fct_cost_monthly') }}
    where
        category <> 'media'
        and business_function in ('marketing', 'sales', 'sdr')

),

opportunities as (

    select * from {{ ref('int_kpi_opportunities') }}

),

lag_months as (

    select cast(floor(coalesce(median(sales_cycle_days), 0) / 30.0 + 0.5) as integer) as month_count
    from opportunities
    where
        is_won
        and close_date <= {{ as_of_date() }}

),

acquisition_costs as (

    select
        quantity,
        component_date as cost_date
    from spend
    union all
    select
        amount as quantity,
        cost_month as cost_date
    from costs

),

parts as (

    select
        'new_customers' as component,
        channel_name,
        1 as quantity,
        customer_from_date as component_date
    from new_customers
    union all
    select
        'new_customers_paid' as component,
        channel_name,
        1 as quantity,
        customer_from_date as component_date
    from new_customers
    where is_paid
    union all
    select
        'acquisition_cost' as component,
        'unknown' as channel_name,
        quantity,
        cost_date as component_date
    from acquisition_costs
    union all
    select
        'acquisition_cost_lagged' as component,
        'unknown' as channel_name,
        acquisition_costs.quantity,
        {{ add_months(first_of_month('acquisition_costs.cost_date'), 'lag_months.month_count') }}
            as component_date
    from acquisition_costs
    cross join lag_months

),

final as (

    select
        component,
        channel_name,
        'unknown' as team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,

        cast(sum(quantity) as decimal(38, 6)) as quantity,

        component_date
    from parts
    where component_date <= {{ as_of_date() }}
    group by
        component,
        channel_name,
        component_date

)

select * from final
