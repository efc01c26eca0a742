-- Grain: one row per person and cycle (person_key, cycle_number).
-- Why: the days on which KPIs count a cycle. A cycle with a lead counts on the day the person became
-- known, else on the day it began, else on the as-of date. What came of a lead that came back is
-- the lead's, up to the next lead.
with person_cycles as (

    select * from {{ ref('int_person_cycles') }}

),

person_stages as (

    select * from {{ ref('fct_person_stage') }}
    where stage in ('known', 'mql', 'sql', 'won')

),

reached as (

    select
        person_key,
        cycle_number,
        max(reached_date) filter (where stage = 'known') as known_date,
        max(reached_date) filter (where stage = 'mql') as mql_date,
        max(reached_date) filter (where stage = 'sql') as sql_date,
        max(reached_date) filter (where stage = 'won') as won_date
    from person_stages
    group by
        person_key,
        cycle_number

),

described as (

    select
        person_cycles.person_key,
        person_cycles.cycle_number,
        max(case when person_cycles.has_lead then person_cycles.cycle_number end) over (
            partition by person_cycles.person_key
            order by person_cycles.cycle_number
            rows between unbounded preceding and current row
        ) as lead_cycle_number,
        person_cycles.first_lead_key,
        person_cycles.channel_key,
        person_cycles.owner_employee_key,

        person_cycles.segment,
        person_cycles.region,

        {{ company_date('person_cycles.started_at') }} as started_date,
        case
            when person_cycles.has_lead
                then coalesce(
                    reached.known_date,
                    {{ company_date('person_cycles.started_at') }},
                    {{ as_of_date() }}
                )
        end as lead_date,
        reached.mql_date,
        reached.sql_date,
        reached.won_date
    from person_cycles
    left join reached
        on
            person_cycles.person_key = reached.person_key
            and person_cycles.cycle_number = reached.cycle_number

),

final as (

    select
        person_key,
        cycle_number,
        lead_cycle_number,
        first_lead_key,
        channel_key,
        owner_employee_key,

        segment,
        region,

        started_date,
        lead_date,
        case
            when lead_date is not null
                then min(won_date) over (partition by person_key, lead_cycle_number)
        end as lead_won_date,
        mql_date,
        sql_date,
        won_date
    from described

)

select * from final
