-- Grain: one row per lead, stage and moment at which it was entered (lead_key, stage, happened_at).
-- Why: the lead itself shows one date per stage; its history tells every pass. What
-- both tell is one event. Later than the as-of date has not happened yet.
with leads as (

    select * from {{ ref('conformed_leads') }}

),

changes as (

    select * from {{ ref('conformed_lead_changes') }}

),

statuses as (

    select * from {{ ref('int_lead_change_statuses_mapped') }}

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
        changes.lead_key,
        statuses.stage,
        changes.reason,
        changes.changed_at as happened_at,
        false as is_shown_by_lead
    from changes
    inner join leads
        on changes.lead_key = leads.lead_key
    inner join statuses
        on
            leads.source_instance = statuses.lead_source_instance
            and changes.source_instance = statuses.change_source_instance
            and changes.lead_status = statuses.lead_status

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

        unioned.happened_at
    from unioned
    left join stages
        on unioned.stage = stages.stage
    left join stages as handed_off
        on handed_off.stage = 'handed_off'
    where {{ company_date('unioned.happened_at') }} <= {{ as_of_date() }}
    group by
        unioned.lead_key,
        unioned.stage,
        unioned.happened_at

)

select * from final
