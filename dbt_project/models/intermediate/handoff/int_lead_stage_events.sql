-- Grain: one row per lead, stage and moment at which it was entered (lead_key, stage, happened_at).
-- Why: the lead itself shows one date per stage; its history tells every pass. What
-- both tell is one event. A date that the lead shows is a load's when its history tells a
-- load in the same hour. Later than the as-of date has not happened yet.
with leads as (

    select * from {{ ref('conformed_leads') }}

),

changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

stages as (

    select * from {{ ref('stg_company__stages') }}

),

unioned as (
    {% for stage, moment, reason in [
        ('mql', 'mql_at', 'cast(null as varchar)'),
        ('handed_off', 'handed_off_at', 'cast(null as varchar)'),
        ('accepted', 'accepted_at', 'cast(null as varchar)'),
        ('sql', 'qualified_at', 'cast(null as varchar)'),
        ('rejected', 'rejected_at', normalised('rejection_reason')),
    ] %}
    select
        lead_key,
        '{{ stage }}' as stage,
        {{ reason }} as reason,
        {{ moment }} as happened_at,
        true as is_shown_by_lead
    from leads
    where {{ moment }} is not null
    union all
    {%- endfor %}
    select
        lead_key,
        stage,
        reason,
        changed_at as happened_at,
        false as is_shown_by_lead
    from changes

),

loaded as (

    select distinct
        lead_key,
        stage,
        date_trunc('hour', changed_at) as loaded_hour
    from changes
    where is_bulk_load

),

final as (

    select
        unioned.lead_key,

        unioned.stage,
        max(unioned.reason) as reason,
        max(
            case
                when stages.stage in ('mql', 'handed_off') then stages.stage
                when stages.stage in ('rejected', 'recycled') then 'returned'
                when stages.stage_order > handed_off.stage_order and not stages.is_side_state
                    then 'taken'
                else 'other'
            end
        ) as event_type,

        bool_or(unioned.is_shown_by_lead) as is_shown_by_lead,
        bool_or(loaded.lead_key is not null) as is_bulk_load,

        unioned.happened_at
    from unioned
    left join stages
        on unioned.stage = stages.stage
    left join stages as handed_off
        on handed_off.stage = 'handed_off'
    left join loaded
        on
            unioned.lead_key = loaded.lead_key
            and unioned.stage = loaded.stage
            and date_trunc('hour', unioned.happened_at) = loaded.loaded_hour
    where {{ company_date('unioned.happened_at') }} <= {{ as_of_date() }}
    group by
        unioned.lead_key,
        unioned.stage,
        unioned.happened_at

)

select * from final
