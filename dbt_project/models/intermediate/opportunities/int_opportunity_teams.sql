-- Grain: one row per opportunity (opportunity_key).
-- Why: the owner's team as it was on the day, not as it is now; unknown without an owner.
with opportunities as (

    select * from {{ ref('int_opportunities_linked') }}

),

opportunities_dated as (

    select * from {{ ref('int_opportunities_dated') }}

),

teams as (

    select * from {{ ref('int_employee_teams') }}

),

final as (

    select
        opportunities.opportunity_key,

        coalesce(created_teams.team, 'unknown') as team_at_creation,
        case
            when opportunities_dated.is_closed then coalesce(closed_teams.team, 'unknown')
        end as team_at_close,
        coalesce(created_teams.region, 'unknown') as owner_region
    from opportunities
    inner join opportunities_dated
        on opportunities.opportunity_key = opportunities_dated.opportunity_key
    left join teams as created_teams
        on
            opportunities.owner_employee_key = created_teams.employee_key
            and opportunities_dated.created_date >= created_teams.team_from
            and opportunities_dated.created_date
            < coalesce(created_teams.team_to, date '9999-12-31')
    left join teams as closed_teams
        on
            opportunities.owner_employee_key = closed_teams.employee_key
            and opportunities_dated.close_date >= closed_teams.team_from
            and opportunities_dated.close_date
            < coalesce(closed_teams.team_to, date '9999-12-31')

)

select * from final
