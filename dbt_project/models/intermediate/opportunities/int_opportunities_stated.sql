-- Grain: one row per opportunity (opportunity_key).
-- Why: what the current row says of an opportunity's state, and the stage it is assumed to have
-- held while open; the history is compared with it.
with opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

opportunities_dated as (

    select * from {{ ref('int_opportunities_dated') }}

),

opportunities_valued as (

    select * from {{ ref('int_opportunities_valued') }}

),

assumed_open as (

    select coalesce(min(sales_stage), 'unmapped') as sales_stage
    from {{ ref('stg_company__sales_stages') }}
    where is_assumed_open

),

final as (

    select
        opportunities.opportunity_key,
        opportunities.owner_employee_key,

        opportunities.sales_stage,
        assumed_open.sales_stage as assumed_open_stage,
        opportunities.forecast_category,
        opportunities_valued.currency_code,

        opportunities_valued.amount_local,

        opportunities.is_open,

        opportunities_dated.created_date,
        opportunities_dated.close_date,

        opportunities_dated.created_at,
        case
            when not opportunities.is_open
                then {{ start_of_company_day('opportunities_dated.close_date') }}
        end as closed_at
    from opportunities
    inner join opportunities_dated
        on opportunities.opportunity_key = opportunities_dated.opportunity_key
    inner join opportunities_valued
        on opportunities.opportunity_key = opportunities_valued.opportunity_key
    cross join assumed_open

)

select * from final
