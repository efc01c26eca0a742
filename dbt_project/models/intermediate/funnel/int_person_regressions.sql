-- Grain: one row per person, cycle and stage that a lead of the person fell back to (person_key, cycle_number, stage).
-- Why: falling back undoes nothing that was reached and opens no cycle, so it is counted.
-- Side states are no way back, a load is no step, and another pass begins anew.
with passes as (

    select * from {{ ref('int_person_passes') }}
    where entity = 'lead'

),

changes as (

    select * from {{ ref('int_lead_status_changes') }}
    where not is_bulk_load

),

stages as (

    select * from {{ ref('stg_company__stages') }}
    where not is_side_state

),

stepped as (

    select
        passes.person_key,
        passes.cycle_number,
        stages.stage,
        stages.stage_order,
        lag(stages.stage_order) over (
            partition by passes.record_key, passes.pass_number
            order by changes.changed_at, stages.stage_order
        ) as stage_order_before
    from passes
    inner join changes
        on
            passes.record_key = changes.lead_key
            and (passes.pass_number = 1 or passes.starts_at <= changes.changed_at)
            and changes.changed_at < coalesce(
                passes.next_starts_at, timestamp '9999-12-31'
            )
    inner join stages
        on changes.stage = stages.stage

),

final as (

    select
        person_key,
        cycle_number,

        stage,

        count(*) as regression_count
    from stepped
    where stage_order < stage_order_before
    group by
        person_key,
        cycle_number,
        stage

)

select * from final
