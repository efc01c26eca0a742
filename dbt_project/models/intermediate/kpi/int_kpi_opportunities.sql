-- Grain: one row per reportable opportunity (opportunity_key).
-- Why: names of channel and product and the amount at creation, once for all KPIs of
-- opportunities.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

creation_amounts as (

    select * from {{ ref('int_opportunity_creation_amounts') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

final as (

    select
        opportunities.opportunity_key,

        coalesce(channels.channel_name, 'unknown') as channel_name,
        coalesce(opportunities.team_at_creation, 'unknown') as team_at_creation,
        coalesce(opportunities.team_at_close, 'unknown') as team_at_close,
        coalesce(opportunities.segment, 'unknown') as segment,
        coalesce(opportunities.region, 'unknown') as region,
        coalesce(products.product_name, 'unknown') as product_name,
        coalesce(opportunities.owner_employee_key, 'unknown') as employee_key,
        opportunities.sourced_by_field,
        opportunities.sourced_by_first_touch,
        opportunities.sourced_by_presales_touch,

        opportunities.amount,
        creation_amounts.creation_amount,
        opportunities.sales_cycle_days,

        coalesce(opportunities.opportunity_type = 'renewal', false) as is_renewal,
        opportunities.is_marketing_influenced,
        opportunities.is_won,
        opportunities.is_won or opportunities.is_lost as is_closed,

        opportunities.created_date,
        opportunities.pipeline_date,
        opportunities.close_date
    from opportunities
    inner join creation_amounts
        on opportunities.opportunity_key = creation_amounts.opportunity_key
    left join channels
        on opportunities.channel_key = channels.channel_key
    left join products
        on opportunities.primary_product_key = products.product_key
    where opportunities.is_reportable

)

select * from final
