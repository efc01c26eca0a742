-- Grain: one row per employee on a plan and validity (employee_id, valid_from).
with source as (

    select * from {{ source('rules', 'plan_assignment') }}

),

final as (

    select
        employee_id,
        plan,
        currency_code,
        target_amount,
        valid_from,
        valid_to
    from source

)

select * from final
