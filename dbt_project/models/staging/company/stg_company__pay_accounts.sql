-- Grain: one row per kind of pay: its accounts (component_kind).
with source as (

    select * from {{ source('rules', 'pay_account') }}

),

final as (

    select
        kind as component_kind,
        expense_account,
        liability_account
    from source

)

select * from final
