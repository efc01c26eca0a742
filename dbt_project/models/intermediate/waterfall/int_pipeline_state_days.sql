-- Grain: one row per opportunity and days with one state and team (opportunity_key, day_from).
-- Why: the state at the end of a day is the day's. An open one belongs to the team that
-- its owner is in on the day; a decided one to the team of the day it was decided.
{%- set after_as_of = add_days(as_of_date(), 1) %}
with states as (

    select * from {{ ref('int_pipeline_states') }}

),

teams as (

    select * from {{ ref('int_employee_teams') }}

),

flagged as (

    select
        *,
        is_closed
        and not coalesce(
            lag(is_closed) over (
                partition by opportunity_key
                order by valid_from
            ), false
        ) as is_decision,
        state_kind = 'open' as is_open
    from states

),

-- What the state that decided it, and the last open one, said.
remembered as (

    select
        *,
        coalesce(
            bool_or(is_in_pipeline or state_kind = 'won') over so_far, false
        ) as has_been_pipeline,
        case when is_closed then max(case when is_decision then day_from end) over so_far end
            as decided_date,
        case
            when is_closed
                then last_value(case when is_decision then team end ignore nulls) over so_far
        end as decided_team,
        last_value(case when is_open then is_in_pipeline end ignore nulls) over so_far
            as was_last_in_pipeline,
        last_value(case when is_open then created_rate_amount end ignore nulls) over so_far
            as last_open_amount
    from flagged
    window
        so_far as (
            partition by opportunity_key
            order by valid_from
            rows between unbounded preceding and current row
        )

),

ranged as (

    select
        remembered.opportunity_key,
        remembered.owner_employee_key,

        remembered.state_kind,
        remembered.sales_stage,
        remembered.forecast_category,
        case
            when remembered.is_open then coalesce(teams.team, 'unknown')
            else coalesce(remembered.decided_team, remembered.team)
        end as team,

        remembered.amount,
        remembered.created_rate_amount,
        remembered.weighted_amount,
        coalesce(remembered.last_open_amount, remembered.created_rate_amount)
            as last_open_amount,

        remembered.is_in_pipeline,
        remembered.has_been_pipeline,
        remembered.state_kind = 'won'
        or (remembered.state_kind = 'lost' and coalesce(remembered.was_last_in_pipeline, false))
            as is_decided_from_pipeline,

        remembered.close_date,
        remembered.decided_date,
        greatest(
            remembered.day_from, coalesce(teams.team_from, remembered.day_from)
        ) as day_from,
        least(
            coalesce(remembered.day_to, {{ after_as_of }}),
            coalesce(teams.team_to, {{ after_as_of }}),
            {{ after_as_of }}
        ) as day_to
    from remembered
    left join teams
        on
            remembered.is_open
            and remembered.owner_employee_key = teams.employee_key
            and teams.team_from < coalesce(remembered.day_to, {{ after_as_of }})
            and remembered.day_from < coalesce(teams.team_to, date '9999-12-31')
    where remembered.day_from < coalesce(remembered.day_to, {{ after_as_of }})

),

final as (

    select * from ranged
    where day_from < day_to

)

select * from final
