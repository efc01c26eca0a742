-- Grain: one row per component, day and team (component, component_date, team).
-- Why: on the last day of a month: the pipeline due in the months that follow, and what
-- is to be booked in them. What the company's target has beyond its teams' is the team
-- `unassigned`, so that the teams make the company. A part of the months is no target.
with due_states as (

    select * from {{ ref('int_pipeline_due_states') }}
    where period_grain = 'month' and is_in_pipeline

),

targets as (

    select * from {{ ref('fct_target') }}
    where kpi = 'bookings'

),

months as (

    select * from {{ ref('int_reporting_periods') }}
    where period_grain = 'month'

),

covered as (

    select
        months.last_day,
        coming_months.period_start as covered_month
    from months
    inner join months as coming_months
        on
            months.period_start < coming_months.period_start
            and {{ add_months('months.period_start', var('coverage_months')) }}
            >= coming_months.period_start
    where months.has_begun

),

pipeline as (

    select
        due_states.team,
        covered.last_day,
        sum(due_states.amount) as amount
    from covered
    inner join due_states
        on
            covered.covered_month = due_states.period_start
            and covered.last_day >= due_states.day_from
            and covered.last_day < due_states.day_to
    group by
        due_states.team,
        covered.last_day

),

to_book as (

    select
        targets.team,
        covered.last_day,
        sum(targets.target_value) as target_value
    from covered
    inner join targets
        on covered.covered_month = targets.target_month
    group by
        targets.team,
        covered.last_day
    having count(targets.target_value) = {{ var('coverage_months') }}

),

shared_out as (

    select
        case when team = 'all' then 'unassigned' else team end as team,
        last_day,
        case
            when team = 'all'
                then target_value - coalesce(
                    sum(case when team <> 'all' then target_value end) over same_day, 0
                )
            else target_value
        end as target_value
    from to_book
    window same_day as (partition by last_day)

),

final as (

    select
        'pipeline_of_coming_months' as component,
        'unknown' as channel_name,
        team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,

        cast(amount as decimal(38, 6)) as quantity,

        last_day as component_date
    from pipeline
    union all
    select
        'target_of_coming_months' as component,
        'unknown' as channel_name,
        team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,
        cast(target_value as decimal(38, 6)) as quantity,
        last_day as component_date
    from shared_out
    where team <> 'unassigned' or target_value <> 0

)

select * from final
