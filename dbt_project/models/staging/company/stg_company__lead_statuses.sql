-- Grain: one row per source and lead status (source_name, lead_status).
with source as (

    select * from {{ source('rules', 'lead_status') }}

),

final as (

    select
        source_name,
        lead_status,
        stage
    from source

)

select * from final
