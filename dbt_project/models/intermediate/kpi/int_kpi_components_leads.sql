-- Grain: one row per component, day, dimensions and owner of leads (component, component_date, channel_name, team, segment, region, product_name, employee_key).
-- Why: leads, mqls and leads_won count person cycles of the one funnel, under the team
-- that the lead's owner was in when the lead was created.
with person_cycles as (

    select * from {{ ref('int_kpi_person_cycles') }}

),

windows as (

    select * from {{ ref('int_kpi_windows') }}
    where component = 'leads_won'

),

teams as (

    select * from {{ ref('int_employee_teams') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

described as (

    select
        person_cycles.*,
        person_cycles.lead_won_date is not null
        and coalesce(
            {{ days_between('person_cycles.lead_date', 'person_cycles.lead_won_date') }}
            <= windows.window_days,
            true
        ) as is_won_in_window,
        coalesce(channels.channel_name, 'unknown') as channel_name,
        coalesce(teams.team, 'unknown') as team
    from person_cycles
    cross join windows
    left join channels
        on person_cycles.channel_key = channels.channel_key
    left join teams
        on
            person_cycles.owner_employee_key = teams.employee_key
            and coalesce(person_cycles.started_date, {{ as_of_date() }}) >= teams.team_from
            and coalesce(person_cycles.started_date, {{ as_of_date() }})
            < coalesce(teams.team_to, date '9999-12-31')

),

counted as (
    {% for component, day, quantity in [
        ('leads', 'lead_date', 'count(*)'),
        ('mqls', 'mql_date', 'count(*)'),
        ('sqls', 'sql_date', 'count(*)'),
        ('leads_won', 'lead_date', 'count(*) filter (where is_won_in_window)'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        channel_name,
        team,
        coalesce(segment, 'unknown') as segment,
        coalesce(region, 'unknown') as region,
        coalesce(owner_employee_key, 'unknown') as employee_key,
        {{ quantity }} as quantity,
        {{ day }} as component_date
    from described
    where {{ day }} <= {{ as_of_date() }}
    group by all
    {%- endfor %}

),

final as (

    select
        component,
        channel_name,
        team,
        segment,
        region,
        'unknown' as product_name,
        employee_key,

        cast(quantity as decimal(38, 6)) as quantity,

        component_date
    from counted

)

select * from final
