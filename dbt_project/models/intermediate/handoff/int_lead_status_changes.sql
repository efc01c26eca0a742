-- Grain: one row per change of a lead's status, in the funnel's words (lead_change_key).
-- Why: many changes of one hour by one hand are a load; nobody knows since when they held.
-- An hour is many by funnel.yml and against the usual hour of its hand, or of its source
-- while few hours of the hand are known; an only hour has none to be compared with. Later
-- than the as-of date has not happened yet.
with leads as (

    select * from {{ ref('conformed_leads') }}

),

changes as (

    select * from {{ ref('conformed_lead_changes') }}

),

statuses as (

    select * from {{ ref('int_lead_change_statuses_mapped') }}

),

bulk_changes as (

    select * from {{ ref('stg_company__bulk_changes') }}

),

mapped as (

    select
        changes.lead_change_key,
        changes.lead_key,
        changes.source_instance,
        coalesce(changes.changed_by_employee_key, 'machine') as changed_by,
        statuses.stage,
        changes.reason,
        changes.changed_at,
        date_trunc('hour', changes.changed_at) as changed_hour
    from changes
    inner join leads
        on changes.lead_key = leads.lead_key
    inner join statuses
        on
            leads.source_instance = statuses.lead_source_instance
            and changes.source_instance = statuses.change_source_instance
            and changes.lead_status = statuses.lead_status
    where {{ company_date('changes.changed_at') }} <= {{ as_of_date() }}

),

{{ bulk_hours('mapped') }},

final as (

    select
        mapped.lead_change_key,
        mapped.lead_key,

        mapped.stage,
        mapped.reason,

        judged.is_bulk_load,

        mapped.changed_at
    from mapped
    inner join judged
        on
            mapped.source_instance = judged.source_instance
            and mapped.changed_by = judged.changed_by
            and mapped.changed_hour = judged.changed_hour

)

select * from final
