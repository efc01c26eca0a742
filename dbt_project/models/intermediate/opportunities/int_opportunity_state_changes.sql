-- Grain: one row per statement about a state (opportunity_key, valid_from, precedence).
-- Why: recorded states; before them, or without any, the time since creation; after them the
-- current row where it differs: from the close date, or for an open one from the as-of day.
-- Three kinds of rows in one shape, hence the length.
with opportunities as (

    select * from {{ ref('int_opportunities_stated') }}

),

history as (

    select * from {{ ref('int_opportunity_history_filled') }}

),

history_dates as (

    select * from {{ ref('int_opportunity_history_dates') }}

),

edges as (

    select * from history
    where is_first or is_last

),

recorded as (

    select
        history.opportunity_key,
        history.owner_employee_key,
        history.sales_stage,
        history.forecast_category,
        history.currency_code,
        history.amount_local,
        history.is_inferred,
        history.close_date,
        case
            when history.is_first and history.changed_date = opportunities.created_date
                then least(history.changed_at, opportunities.created_at)
            else history.changed_at
        end as valid_from,
        2 as precedence
    from history
    inner join opportunities
        on history.opportunity_key = opportunities.opportunity_key

),

opened as (

    select
        opportunities.opportunity_key,
        coalesce(edges.owner_employee_key, opportunities.owner_employee_key)
            as owner_employee_key,
        case
            when opportunities.is_open and history_dates.opportunity_key is null
                then opportunities.sales_stage
            else opportunities.assumed_open_stage
        end as sales_stage,
        case
            when edges.opportunity_key is not null then edges.forecast_category
            when opportunities.is_open then opportunities.forecast_category
        end as forecast_category,
        coalesce(edges.currency_code, opportunities.currency_code) as currency_code,
        coalesce(edges.amount_local, opportunities.amount_local) as amount_local,
        true as is_inferred,
        coalesce(edges.close_date, opportunities.close_date) as close_date,
        opportunities.created_at as valid_from,
        3 as precedence
    from opportunities
    left join edges
        on opportunities.opportunity_key = edges.opportunity_key and edges.is_first
    left join history_dates
        on opportunities.opportunity_key = history_dates.opportunity_key
    where
        opportunities.created_date <= {{ as_of_date() }}
        and coalesce(
            opportunities.created_date < edges.changed_date,
            opportunities.is_open or opportunities.created_at < opportunities.closed_at
        )

),

differing as (

    select
        opportunities.opportunity_key,
        opportunities.owner_employee_key,
        opportunities.sales_stage,
        opportunities.forecast_category,
        opportunities.currency_code,
        opportunities.amount_local,
        true as is_inferred,
        opportunities.close_date,
        greatest(
            coalesce(
                opportunities.closed_at, {{ start_of_company_day(as_of_date()) }}
            ),
            coalesce(edges.changed_at, opportunities.closed_at)
        ) as valid_from,
        1 as precedence
    from opportunities
    left join edges
        on opportunities.opportunity_key = edges.opportunity_key and edges.is_last
    left join history_dates
        on opportunities.opportunity_key = history_dates.opportunity_key
    where
        (edges.opportunity_key is not null or not opportunities.is_open)
        and coalesce(history_dates.last_changed_date <= {{ as_of_date() }}, true)
        and (opportunities.is_open or opportunities.close_date <= {{ as_of_date() }})
        and (
            edges.opportunity_key is null
            or opportunities.sales_stage is distinct from edges.sales_stage
            or opportunities.amount_local is distinct from edges.amount_local
            or opportunities.close_date is distinct from edges.close_date
            or opportunities.owner_employee_key is distinct from edges.owner_employee_key
        )

),

final as (

    select * from recorded
    union all
    select * from opened
    union all
    select * from differing

)

select * from final
