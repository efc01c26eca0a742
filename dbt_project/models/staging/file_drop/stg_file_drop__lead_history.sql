-- Grain: one row per change of a lead of a source (source_instance, lead_history_id).
with source as (

    select * from {{ source('raw_file_drop', 'lead_history') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, lead_history_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        lead_history_id,
        lead_id,
        changed_at,
        lead_status,
        owner_employee_id,
        reason,
        changed_by_employee_id,
        attributes
    from newest

)

select * from final
