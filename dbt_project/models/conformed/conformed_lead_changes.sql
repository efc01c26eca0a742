-- Grain: one row per change of a lead of a source (lead_change_key).
-- Why: a blank owner or status is no change of it.
with lead_history as (

    select * from {{ ref('stg_file_drop__lead_history') }}

),

lead_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'leads' and not is_standing

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'lead_history.source_system',
            'lead_history.source_instance',
            'lead_history.lead_history_id',
        ]) }} as lead_change_key,
        {{ surviving_key(
            'lead_aliases', 'reference_origins.leads_origin', 'lead_history.lead_id'
        ) }} as lead_key,
        {{ employee_key('lead_history.owner_employee_id') }} as owner_employee_key,
        {{ employee_key('lead_history.changed_by_employee_id') }}
            as changed_by_employee_key,

        lead_history.source_system,
        lead_history.source_instance,
        lead_history.lead_history_id as source_id,
        lead_history.lead_status,
        {{ normalised('lead_history.reason') }} as reason,
        lead_history.attributes,

        {{ company_date('lead_history.changed_at') }} as changed_date,

        lead_history.changed_at
    from lead_history
    left join reference_origins
        on lead_history.source_instance = reference_origins.source_name
    left join lead_aliases
        on {{ merged_away(
            'lead_aliases', 'reference_origins.leads_origin', 'lead_history.lead_id'
        ) }}

)

select * from final
