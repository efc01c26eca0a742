-- Grain: one row per person, cycle and stage (person_key, cycle_number, stage).
-- Why: a later stage proves the earlier ones, so a skipped stage is reached when the
-- next one is.
with milestones as (

    select * from {{ ref('int_person_milestones') }}

),

cycles as (

    select * from {{ ref('int_person_cycles') }}

),

regressions as (

    select * from {{ ref('int_person_regressions') }}

),

stages as (

    select * from {{ ref('stg_company__stages') }}

),

scores as (

    select * from {{ ref('int_stage_scores') }}

),

furthest as (

    select
        person_key,
        cycle_number,
        max(stage_order) as furthest_order
    from milestones
    where not is_side_state
    group by
        person_key,
        cycle_number

),

-- Nobody is a person before being known: the anonymous stages have no rows here.
expected as (

    select
        furthest.person_key,
        furthest.cycle_number,
        stages.stage,
        stages.stage_order
    from furthest
    inner join stages
        on furthest.furthest_order >= stages.stage_order
    where
        not stages.is_side_state
        and stages.stage not in ('aware', 'engaged')

),

reached as (

    select
        expected.person_key,
        expected.cycle_number,
        expected.stage,
        expected.stage_order,
        milestones.actual_date,
        milestones.actual_at,
        coalesce(milestones.is_inferred, false) as is_inferred,
        coalesce(milestones.is_bulk_load, false) as is_bulk_load,
        min(milestones.actual_date) over from_here_on as reached_date,
        min(milestones.actual_at) over from_here_on as reached_at,
        min(milestones.actual_at) over (
            partition by expected.person_key, expected.cycle_number
            order by expected.stage_order
            rows between 1 following and unbounded following
        ) as exited_at
    from expected
    left join milestones
        on
            expected.person_key = milestones.person_key
            and expected.cycle_number = milestones.cycle_number
            and expected.stage = milestones.stage
    window
        from_here_on as (
            partition by expected.person_key, expected.cycle_number
            order by expected.stage_order
            rows between current row and unbounded following
        )

),

staged as (

    select
        person_key,
        cycle_number,
        stage,
        stage_order,
        is_inferred,
        is_bulk_load,
        actual_at is null as is_skipped,
        false as is_side_state,
        coalesce(actual_date > reached_date, false) as has_date_conflict,
        reached_date,
        actual_at,
        reached_at,
        exited_at
    from reached
    union all
    select
        person_key,
        cycle_number,
        stage,
        stage_order,
        is_inferred,
        is_bulk_load,
        false as is_skipped,
        true as is_side_state,
        false as has_date_conflict,
        actual_date as reached_date,
        actual_at,
        actual_at as reached_at,
        cast(null as timestamp) as exited_at
    from milestones
    where is_side_state

),

final as (

    select
        staged.person_key,
        staged.cycle_number,
        cycles.channel_key,
        cycles.owner_employee_key,

        staged.stage,
        cycles.segment,
        cycles.region,

        staged.stage_order,
        coalesce(regressions.regression_count, 0) as regression_count,
        scores.score as score_at_entry,

        staged.is_skipped,
        staged.is_inferred,
        staged.is_side_state,
        staged.is_bulk_load,
        staged.has_date_conflict,

        staged.reached_date,

        staged.actual_at,
        staged.reached_at,
        staged.exited_at
    from staged
    inner join cycles
        on
            staged.person_key = cycles.person_key
            and staged.cycle_number = cycles.cycle_number
    left join regressions
        on
            staged.person_key = regressions.person_key
            and staged.cycle_number = regressions.cycle_number
            and staged.stage = regressions.stage
    left join scores
        on
            staged.person_key = scores.person_key
            and staged.cycle_number = scores.cycle_number
            and staged.reached_at = scores.scored_at

)

select * from final
