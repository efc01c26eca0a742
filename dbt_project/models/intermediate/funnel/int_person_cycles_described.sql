-- Grain: one row per person and cycle (person_key, cycle_number).
-- Why: the members of every dimension that the funnel is told by. The team is the one that the
-- owner was in when the cycle began, as for leads.
with cycles as (

    select
        *,
        coalesce({{ company_date('started_at') }}, {{ as_of_date() }}) as team_date
    from {{ ref('int_person_cycles') }}

),

people as (

    select * from {{ ref('dim_person') }}

),

teams as (

    select * from {{ ref('int_employee_teams') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

final as (

    select
        cycles.person_key,
        cycles.cycle_number,

        coalesce(channels.channel_name, 'unknown') as channel_name,
        coalesce(cycles.segment, 'unknown') as segment,
        coalesce(cycles.region, 'unknown') as region,
        coalesce(teams.team, 'unknown') as team,
        coalesce(people.persona, 'unknown') as persona
    from cycles
    left join people
        on cycles.person_key = people.person_key
    left join teams
        on
            cycles.owner_employee_key = teams.employee_key
            and cycles.team_date >= teams.team_from
            and cycles.team_date < coalesce(teams.team_to, date '9999-12-31')
    left join channels
        on cycles.channel_key = channels.channel_key

)

select * from final
