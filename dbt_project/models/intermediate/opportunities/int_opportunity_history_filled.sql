-- Grain: one row per recorded state of an opportunity up to as-of (opportunity_key, changed_at).
-- Why: a blank means unchanged, so the last value is carried forward; before the first known
-- value the next one stands in, and for what the history never names the opportunity's own.
with history as (

    select * from {{ ref('conformed_opportunity_history') }}
    where changed_date <= {{ as_of_date() }}

),

opportunities as (

    select * from {{ ref('int_opportunities_stated') }}

),

carried as (

    select
        history.opportunity_key,
        history.changed_at,
        history.changed_date,
        {%- for column in [
            'sales_stage', 'owner_employee_key', 'forecast_category', 'close_date',
            'amount_local'
        ] %}
        last_value(history.{{ column }} ignore nulls) over past as {{ column }},
        first_value(history.{{ column }} ignore nulls) over future as next_{{ column }},
        {%- endfor %}
        last_value(
            case when history.amount_local is not null then history.currency_code end
            ignore nulls
        ) over past as currency_code,
        first_value(
            case when history.amount_local is not null then history.currency_code end
            ignore nulls
        ) over future as next_currency_code,
        row_number() over past = 1 as is_first,
        lead(history.changed_at) over past is null as is_last
    from history
    window
        past as (
            partition by history.opportunity_key
            order by history.changed_at
            rows between unbounded preceding and current row
        ),
        future as (
            partition by history.opportunity_key
            order by history.changed_at
            rows between current row and unbounded following
        )

),

final as (

    select
        carried.opportunity_key,
        coalesce(
            carried.owner_employee_key,
            carried.next_owner_employee_key,
            opportunities.owner_employee_key
        ) as owner_employee_key,

        coalesce(
            carried.sales_stage,
            case
                when carried.next_sales_stage is null and opportunities.is_open
                    then opportunities.sales_stage
            end,
            opportunities.assumed_open_stage
        ) as sales_stage,
        coalesce(carried.forecast_category, carried.next_forecast_category)
            as forecast_category,
        coalesce(
            carried.currency_code,
            carried.next_currency_code,
            opportunities.currency_code
        ) as currency_code,

        coalesce(
            carried.amount_local,
            carried.next_amount_local,
            opportunities.amount_local
        ) as amount_local,

        carried.is_first,
        carried.is_last,
        carried.sales_stage is null as is_inferred,

        coalesce(
            carried.close_date, carried.next_close_date, opportunities.close_date
        ) as close_date,
        carried.changed_date,

        carried.changed_at
    from carried
    inner join opportunities
        on carried.opportunity_key = opportunities.opportunity_key

)

select * from final
