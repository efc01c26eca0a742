-- Grain: one row per company that pays people (legal_entity).
with source as (

    select * from {{ source('rules', 'legal_entity') }}

),

final as (

    select
        legal_entity,
        legal_entity_label,
        currency_code,
        pays_its_currency
    from source

)

select * from final
