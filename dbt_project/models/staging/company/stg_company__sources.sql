-- Grain: one row per source (source_name).
with source as (

    select * from {{ source('rules', 'source') }}

),

final as (

    select
        source_name,
        loader,
        source_rank
    from source

)

select * from final
