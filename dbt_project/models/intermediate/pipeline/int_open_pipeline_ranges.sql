-- Grain: one row per opportunity and days with one open state and team (opportunity_key, day_from).
-- Why: an opportunity counts on a day in the state at the end of that day, under the
-- team that its owner was in on that day; ranges are half-open and end with the as-of
-- day.
with states as (

    select * from {{ ref('fct_opportunity_history') }}

),

teams as (

    select * from {{ ref('int_employee_teams') }}

),

sales_stages as (

    select * from {{ ref('dim_sales_stage') }}

),

-- A stage is entered where the stage changes, however often amount or owner change
-- after that.
preceded as (

    select
        *,
        lag(sales_stage) over (
            partition by opportunity_key
            order by valid_from
        ) as preceding_stage
    from states
    where is_reportable

),

flagged as (

    select
        *,
        case
            when coalesce(sales_stage <> preceding_stage, true) then valid_from_date
        end as stage_entered_date
    from preceded

),

entered as (

    select
        *,
        max(stage_entered_date) over (
            partition by opportunity_key
            order by valid_from
            rows between unbounded preceding and current row
        ) as stage_date
    from flagged

),

ranged as (

    select
        entered.opportunity_key,
        coalesce(teams.team, 'unknown') as team,
        entered.sales_stage,
        entered.amount,
        entered.weighted_amount,
        entered.close_date,
        entered.stage_date,
        greatest(
            entered.valid_from_date, coalesce(teams.team_from, entered.valid_from_date)
        ) as day_from,
        least(
            coalesce(entered.valid_to_date, {{ add_days(as_of_date(), 1) }}),
            coalesce(teams.team_to, {{ add_days(as_of_date(), 1) }}),
            {{ add_days(as_of_date(), 1) }}
        ) as day_to
    from entered
    left join teams
        on
            entered.owner_employee_key = teams.employee_key
            and teams.team_from
            < coalesce(entered.valid_to_date, {{ add_days(as_of_date(), 1) }})
            and entered.valid_from_date < coalesce(teams.team_to, date '9999-12-31')
    where entered.is_open

),

final as (

    select
        ranged.opportunity_key,

        ranged.team,
        ranged.sales_stage,

        ranged.amount,
        ranged.weighted_amount,

        ranged.day_from,
        case
            when sales_stages.stalled_after_days is not null
                then greatest(
                    ranged.day_from,
                    {{ add_days('ranged.stage_date', 'sales_stages.stalled_after_days') }}
                )
        end as stalled_from,
        case
            when ranged.close_date is not null
                then greatest(ranged.day_from, {{ add_days('ranged.close_date', 1) }})
        end as past_due_from,
        ranged.day_to
    from ranged
    inner join sales_stages
        on ranged.sales_stage = sales_stages.sales_stage
    where ranged.day_from < ranged.day_to

)

select * from final
