-- Grain: one row per lead, pass and stage (lead_key, pass_number, stage).
-- Why: a lead shows one date per stage and pass for pass; where it came back, its history
-- tells the rest. What it was given back for is told by the history alone.
with passes as (

    select * from {{ ref('int_person_passes') }}
    where entity = 'lead'

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

events as (

    select * from {{ ref('int_lead_stage_events') }}

),

stages as (

    select * from {{ ref('stg_company__stages') }}

),

created as (

    select
        passes.record_key as lead_key,
        passes.person_key,
        passes.cycle_number,
        passes.pass_number,
        'known' as stage,
        false as is_bulk_load,
        leads.created_at as actual_at
    from passes
    inner join leads
        on passes.record_key = leads.lead_key
    where passes.pass_number = 1 and leads.created_at is not null

),

-- The first pass begins before anything that is known of it.
entered as (

    select
        passes.record_key as lead_key,
        passes.person_key,
        passes.cycle_number,
        passes.pass_number,
        events.stage,
        coalesce(
            min(events.happened_at)
            < min(events.happened_at) filter (where not events.is_bulk_load),
            true
        ) as is_bulk_load,
        min(events.happened_at) as actual_at
    from passes
    inner join events
        on
            passes.record_key = events.lead_key
            and (passes.pass_number = 1 or passes.starts_at <= events.happened_at)
            and events.happened_at < coalesce(
                passes.next_starts_at, timestamp '9999-12-31'
            )
    inner join stages
        on events.stage = stages.stage
    where
        events.is_shown_by_lead
        or passes.pass_number > 1
        or passes.next_starts_at is not null
        or stages.is_side_state
    group by
        passes.record_key,
        passes.person_key,
        passes.cycle_number,
        passes.pass_number,
        events.stage

),

unioned as (

    select * from created
    union all
    select * from entered
    where stage <> 'known'

),

final as (

    select
        lead_key,
        person_key,

        cycle_number,
        pass_number,

        stage,

        is_bulk_load,

        actual_at
    from unioned

)

select * from final
