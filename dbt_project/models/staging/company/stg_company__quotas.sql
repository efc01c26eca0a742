-- Grain: one row per quota of an employee (employee_id, measure, valid_from).
with source as (

    select * from {{ source('rules', 'quota') }}

),

final as (

    select
        employee_id,
        measure,
        currency_code,
        reason,
        quota_amount,
        valid_from,
        valid_to
    from source

)

select * from final
