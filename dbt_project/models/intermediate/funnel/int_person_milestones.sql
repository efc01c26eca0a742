-- Grain: one row per person, cycle and stage that was actually reached (person_key, cycle_number, stage).
-- Why: of several records of a person the earliest date counts; only stages of
-- funnel.yml are kept.
with dated as (

    select * from {{ ref('int_milestones_dated') }}

),

inferred as (

    select * from {{ ref('int_milestones_inferred') }}

),

stages as (

    select * from {{ ref('stg_company__stages') }}

),

unioned as (

    select
        person_key,
        cycle_number,
        stage,
        actual_date,
        actual_at,
        is_bulk_load,
        false as is_inferred
    from dated
    union all
    select
        person_key,
        cycle_number,
        stage,
        actual_date,
        actual_at,
        is_bulk_load,
        true as is_inferred
    from inferred

),

final as (

    select
        unioned.person_key,
        unioned.cycle_number,

        stages.stage,

        stages.stage_order,

        bool_and(unioned.is_inferred) as is_inferred,
        stages.is_side_state,
        coalesce(
            min(unioned.actual_at)
            < min(unioned.actual_at) filter (where not unioned.is_bulk_load),
            true
        ) as is_bulk_load,

        min(unioned.actual_date) as actual_date,

        min(unioned.actual_at) as actual_at
    from unioned
    inner join stages
        on unioned.stage = stages.stage
    group by
        unioned.person_key,
        unioned.cycle_number,
        stages.stage,
        stages.stage_order,
        stages.is_side_state

)

select * from final
