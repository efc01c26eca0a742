-- Grain: one row per fit rule (rule).
with source as (

    select * from {{ source('rules', 'fit_rule') }}

),

final as (

    select
        rule as fit_rule,
        field as field_name,
        operator as operator_name,
        value as field_value,
        value_number,
        points
    from source

)

select * from final
