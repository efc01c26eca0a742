-- Grain: one row per opportunity that was recorded by the as-of date (opportunity_key).
-- Why: what its history had recorded at the end of that day, and not what was changed later. A bulk
-- load says nothing of when something was known: then it is known from its close date on.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

states as (

    select * from {{ ref('int_opportunity_states') }}
    where
        valid_from_date <= {{ as_of_date() }}
        and (valid_to_date is null or valid_to_date > {{ as_of_date() }})

),

sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

told as (

    select
        opportunities.*,
        opportunities.is_creation_load or opportunities.is_close_load as is_load,
        states.opportunity_key is not null as has_state,
        states.owner_employee_key as known_owner_employee_key,
        states.currency_code as known_currency_code,
        states.amount_local as known_amount_local,
        coalesce(states.close_date, opportunities.close_date) as known_close_date,
        coalesce(sales_stages.is_open, true) as known_is_open,
        coalesce(sales_stages.is_won, false) as known_is_won,
        coalesce(sales_stages.is_lost, false) as known_is_lost
    from opportunities
    left join states
        on opportunities.opportunity_key = states.opportunity_key
    left join sales_stages
        on states.sales_stage = sales_stages.sales_stage

),

-- What is as it was keeps its amount, which may come of lines in several currencies.
compared as (

    select
        *,
        coalesce(
            known_currency_code = currency_code
            and known_amount_local = amount_local
            and known_close_date = close_date, false
        ) as is_same
    from told
    where
        is_load
        or (
            has_state
            and (created_date_rule <> 'source' or created_date <= {{ as_of_date() }})
        )

),

final as (

    select
        compared.opportunity_key,
        case
            when compared.is_load then compared.owner_employee_key
            else compared.known_owner_employee_key
        end as owner_employee_key,

        case
            when compared.is_load then compared.currency_code
            else compared.known_currency_code
        end as currency_code,

        case
            when compared.is_load or compared.is_same then compared.amount
            else {{ converted(
                'compared.known_amount_local',
                exchange_rate('rates.rate', 'compared.known_currency_code')
            ) }}
        end as amount,
        case
            when compared.is_load then compared.amount_local
            else compared.known_amount_local
        end as amount_local,

        case when compared.is_load then compared.is_open else compared.known_is_open end
            as is_open,
        case when compared.is_load then compared.is_won else compared.known_is_won end
            as is_won,
        case when compared.is_load then compared.is_lost else compared.known_is_lost end
            as is_lost,

        case
            when compared.is_load then compared.close_date
            else compared.known_close_date
        end as close_date
    from compared
    left join rates
        on
            compared.known_currency_code = rates.currency_code
            and compared.known_close_date = rates.rate_date

)

select * from final
