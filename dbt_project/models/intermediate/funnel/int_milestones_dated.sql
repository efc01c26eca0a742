-- Grain: one row per lead or opportunity and dated milestone (entity, record_key, stage).
-- Why: a milestone after the as-of date has not happened yet for this run.
with members as (

    select * from {{ ref('int_person_cycle_members') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

lead_moments as (
    {% for stage, moment in [
        ('known', 'leads.created_at'),
        ('mql', 'leads.mql_at'),
        ('handed_off', 'leads.handed_off_at'),
        ('accepted', 'leads.accepted_at'),
        ('sql', 'leads.qualified_at'),
        ('rejected', 'leads.rejected_at'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        'lead' as entity,
        leads.lead_key as record_key,
        '{{ stage }}' as stage,
        {{ moment }} as actual_at
    from leads
    where {{ moment }} is not null
    {%- endfor %}

),

opportunity_moments as (

    select
        'opportunity' as entity,
        opportunity_key as record_key,
        'opportunity' as stage,
        coalesce(created_at, {{ start_of_company_day('created_date') }}) as actual_at
    from opportunities
    union all
    select
        'opportunity' as entity,
        opportunity_key as record_key,
        case when is_won then 'won' else 'lost' end as stage,
        {{ start_of_company_day('close_date') }} as actual_at
    from opportunities
    where (is_won or is_lost) and close_date is not null

),

unioned as (

    select * from lead_moments
    union all
    select * from opportunity_moments

),

placed as (

    select
        *,
        {{ company_date('actual_at') }} as actual_date
    from unioned

),

final as (

    select
        placed.record_key,
        members.person_key,
        members.cycle_number,

        placed.entity,
        placed.stage,

        placed.actual_date,

        placed.actual_at
    from placed
    inner join members
        on
            placed.entity = members.entity
            and placed.record_key = members.record_key
    where placed.actual_date <= {{ as_of_date() }}

)

select * from final
