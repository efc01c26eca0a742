-- Grain: one row per internal domain (domain).
with source as (

    select * from {{ source('rules', 'internal_domain') }}

),

final as (

    select domain
    from source

)

select * from final
