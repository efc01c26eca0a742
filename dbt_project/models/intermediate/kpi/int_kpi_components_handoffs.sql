-- Grain: one row per component, day, dimensions and owner of hand-offs (component, component_date, channel_name, team, segment, region, product_name, employee_key).
-- Why: acceptance counts on the day of the hand-off, rejection on the day of the decision, and
-- so does an acceptance that was taken back later; the promise on the day it was due. All under
-- the team that had to answer.
{%- set components = [
    ('handoffs_decided', 'assigned_date', '1', "decision <> 'open'"),
    ('handoffs_accepted', 'assigned_date', "case when decision = 'accepted' then 1 else 0 end", "decision <> 'open'"),
    ('decisions', 'decided_date', '1', "decision <> 'open'"),
    ('decisions_rejected', 'decided_date', "case when decision = 'rejected' then 1 else 0 end", "decision <> 'open'"),
    ('decisions_recycled', 'decided_date', "case when decision = 'accepted' and is_returned then 1 else 0 end", "decision <> 'open'"),
    ('handoffs_due', 'due_date', '1', 'is_due'),
    ('handoffs_in_time', 'due_date', 'case when is_breached then 0 else 1 end', 'is_due'),
    ('mqls_re_engaged', 'mql_date', '1', 'cycle_number > 1 and is_first_of_cycle'),
] %}
with handoffs as (

    select * from {{ ref('fct_handoff') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

described as (

    select
        handoffs.decision,
        handoffs.cycle_number,
        handoffs.is_due,
        handoffs.is_breached,
        handoffs.returned_date is not null as is_returned,
        handoffs.team,
        handoffs.segment,
        handoffs.region,
        coalesce(handoffs.owner_employee_key, 'unknown') as employee_key,
        handoffs.assigned_date,
        handoffs.decided_date,
        handoffs.due_date,
        coalesce(channels.channel_name, 'unknown') as channel_name,
        coalesce({{ company_date('handoffs.mql_at') }}, handoffs.assigned_date) as mql_date,
        row_number() over (
            partition by handoffs.person_key, handoffs.cycle_number
            order by handoffs.assigned_at, handoffs.handoff_key
        ) = 1 as is_first_of_cycle
    from handoffs
    left join channels
        on handoffs.channel_key = channels.channel_key

),

counted as (
    {% for component, day, quantity, condition in components %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        channel_name,
        team,
        segment,
        region,
        employee_key,
        sum({{ quantity }}) as quantity,
        {{ day }} as component_date
    from described
    where {{ condition }} and {{ day }} <= {{ as_of_date() }}
    group by
        channel_name,
        team,
        segment,
        region,
        employee_key,
        {{ day }}
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
