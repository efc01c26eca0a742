-- Grain: one row per employee whom a legal entity pays by name (employee_id).
with source as (

    select * from {{ source('rules', 'legal_entity_employee') }}

),

final as (

    select
        legal_entity,
        employee_id
    from source

)

select * from final
