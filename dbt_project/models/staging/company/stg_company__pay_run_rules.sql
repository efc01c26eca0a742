-- Grain: one row per legal entity and kind of pay: when it is paid (legal_entity, component_kind).
with source as (

    select * from {{ source('rules', 'pay_run_rule') }}

),

final as (

    select
        legal_entity,
        kind as component_kind,
        months_after,
        pay_day
    from source

)

select * from final
