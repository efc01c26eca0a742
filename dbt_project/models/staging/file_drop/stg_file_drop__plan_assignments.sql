-- Grain: one row per assignment of a pay plan of a source (source_instance, assignment_id).
with source as (

    select * from {{ source('raw_file_drop', 'plan_assignments') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, assignment_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        assignment_id,
        employee_id,
        plan,
        valid_from,
        valid_to,
        target_amount,
        currency_code,
        attributes,
        created_at
    from newest

)

select * from final
