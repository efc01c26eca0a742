-- Grain: one row per opportunity of a person (opportunity_key).
-- Why: the deal of a lead is in the cycle that the lead was in when the deal was opened; one
-- of its own is a way of its own.
with passes as (

    select * from {{ ref('int_person_passes') }}

),

members as (

    select * from {{ ref('int_person_cycle_members') }}
    where entity = 'opportunity'

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

own as (

    select
        record_key as opportunity_key,
        cycle_number
    from passes
    where entity = 'opportunity'

),

-- A deal from before its lead's first pass, or of no known day, is in the first.
of_leads as (

    select
        members.record_key as opportunity_key,
        coalesce(
            max(passes.cycle_number) filter (where passes.starts_at <= members.happened_at),
            min(passes.cycle_number)
        ) as cycle_number
    from members
    inner join opportunities
        on members.record_key = opportunities.opportunity_key
    inner join passes
        on opportunities.lead_key = passes.record_key and passes.entity = 'lead'
    group by members.record_key

),

unioned as (

    select * from own
    union all
    select * from of_leads

),

final as (

    select
        members.record_key as opportunity_key,
        members.person_key,

        unioned.cycle_number,

        members.happened_at
    from unioned
    inner join members
        on unioned.opportunity_key = members.record_key

)

select * from final
