-- Grain: one row per override of variable pay of a source (source_instance, override_id).
with source as (

    select * from {{ source('raw_file_drop', 'compensation_overrides') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, override_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        override_id,
        employee_id,
        period,
        amount,
        currency_code,
        reason,
        author_employee_id,
        approver_employee_id,
        valid_to,
        attributes,
        created_at
    from newest

)

select * from final
