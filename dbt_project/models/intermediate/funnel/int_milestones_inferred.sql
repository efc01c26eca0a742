-- Grain: one row per lead whose status says more than any date does (lead_key).
-- Why: the status counts as reached in the lead's last pass; its date is the last dated
-- milestone of that pass, and the as-of date for a lead that carries no date at all.
with passes as (

    select * from {{ ref('int_person_passes') }}
    where entity = 'lead' and next_starts_at is null

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

stages as (

    select * from {{ ref('stg_company__stages') }}

),

milestones as (

    select * from {{ ref('int_milestones_dated') }}

),

events as (

    select * from {{ ref('int_lead_stage_events') }}

),

-- The history tells when the status was set, not since when it holds: all of it a load.
loaded as (

    select
        lead_key,
        stage
    from events
    group by
        lead_key,
        stage
    having bool_and(is_bulk_load)

),

last_dated as (

    select
        record_key as lead_key,
        pass_number,
        max(actual_at) as last_actual_at
    from milestones
    where entity = 'lead'
    group by
        record_key,
        pass_number

),

-- Dates win over a status: of this stage or a later one, and of any record of the
-- cycle.
furthest_dated as (

    select
        milestones.person_key,
        milestones.cycle_number,
        coalesce(
            max(stages.stage_order) filter (where not stages.is_side_state), 0
        ) as furthest_order,
        count(*) filter (where milestones.stage = 'rejected') as rejected_count,
        count(*) filter (where milestones.stage = 'recycled') as recycled_count,
        count(*) filter (where milestones.stage = 'lost') as lost_count
    from milestones
    inner join stages
        on milestones.stage = stages.stage
    group by
        milestones.person_key,
        milestones.cycle_number

),

staged as (

    select
        leads.lead_key,
        passes.person_key,
        passes.cycle_number,
        stages.stage,
        stages.stage_order,
        stages.is_side_state,
        case
            when last_dated.lead_key is not null then last_dated.last_actual_at
            when leads.created_at is null
                then {{ start_of_company_day(as_of_date()) }}
        end as actual_at
    from leads
    inner join passes
        on leads.lead_key = passes.record_key
    inner join stages
        on coalesce(nullif(leads.stage, 'unmapped'), 'known') = stages.stage
    left join last_dated
        on
            passes.record_key = last_dated.lead_key
            and passes.pass_number = last_dated.pass_number

),

final as (

    select
        staged.lead_key,
        staged.person_key,
        staged.cycle_number,

        staged.stage,

        loaded.lead_key is not null as is_bulk_load,

        {{ company_date('staged.actual_at') }} as actual_date,

        staged.actual_at
    from staged
    left join furthest_dated
        on
            staged.person_key = furthest_dated.person_key
            and staged.cycle_number = furthest_dated.cycle_number
    left join loaded
        on
            staged.lead_key = loaded.lead_key
            and staged.stage = loaded.stage
    where
        staged.actual_at is not null
        and case
            when staged.stage = 'rejected'
                then coalesce(furthest_dated.rejected_count, 0) = 0
            when staged.stage = 'recycled'
                then coalesce(furthest_dated.recycled_count, 0) = 0
            when staged.stage = 'lost' then coalesce(furthest_dated.lost_count, 0) = 0
            when staged.is_side_state then true
            else staged.stage_order > coalesce(furthest_dated.furthest_order, 0)
        end

)

select * from final
