-- Grain: one row per opportunity and period of one state (opportunity_state_key).
-- Why: open and lost states are valued at the rate of the created date, won ones at the booking
-- date's, as in fct_opportunity. The length is its many columns.
with states as (

    select * from {{ ref('int_opportunity_states') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

sales_stages as (

    select * from {{ ref('dim_sales_stage') }}

),

teams as (

    select * from {{ ref('int_employee_teams') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

staged as (

    select
        states.*,
        opportunities.account_key,
        opportunities.is_reportable,
        sales_stages.is_open,
        sales_stages.is_won,
        sales_stages.is_lost,
        sales_stages.is_pipeline,
        sales_stages.probability,
        coalesce(states.forecast_category, sales_stages.forecast_category)
            as stage_forecast_category,
        case
            when sales_stages.is_won
                then coalesce(states.close_date, states.valid_from_date)
            else opportunities.created_date
        end as rate_date
    from states
    inner join opportunities
        on states.opportunity_key = opportunities.opportunity_key
    inner join sales_stages
        on states.sales_stage = sales_stages.sales_stage

),

valued as (

    select
        staged.*,
        coalesce(teams.team, 'unknown') as team,
        {{ exchange_rate('rates.rate', 'staged.currency_code') }} as fx_rate
    from staged
    left join rates
        on
            staged.currency_code = rates.currency_code
            and staged.rate_date = rates.rate_date
    left join teams
        on
            staged.owner_employee_key = teams.employee_key
            and staged.valid_from_date >= teams.team_from
            and staged.valid_from_date < coalesce(teams.team_to, date '9999-12-31')

),

converted as (

    select
        *,
        {{ converted('amount_local', 'fx_rate') }} as amount
    from valued

),

final as (

    select
        opportunity_state_key,

        opportunity_key,
        account_key,
        owner_employee_key,

        sales_stage,
        stage_forecast_category as forecast_category,
        team,
        currency_code,

        amount,
        amount_local,
        fx_rate,
        probability,
        {{ weighted('amount', 'probability') }} as weighted_amount,

        is_open,
        is_won,
        is_lost,
        is_pipeline,
        is_inferred,
        is_current,
        is_reportable,

        close_date,
        valid_from_date,
        valid_to_date,

        valid_from,
        valid_to
    from converted

)

select * from final
