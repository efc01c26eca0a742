-- Grain: one row per absence of an employee of a source (source_instance, absence_id).
with source as (

    select * from {{ source('raw_file_drop', 'employee_absences') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, absence_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        absence_id,
        employee_id,
        kind,
        valid_from,
        valid_to,
        attributes,
        created_at
    from newest

)

select * from final
