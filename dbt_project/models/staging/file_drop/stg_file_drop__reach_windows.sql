-- Grain: one row per window of reach of a source (source_instance, platform, entity_type, entity_id, window_start, window_end).
with source as (

    select * from {{ source('raw_file_drop', 'reach_windows') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, platform, entity_type, entity_id, window_start, window_end
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        platform,
        entity_type,
        entity_id,
        window_start,
        window_end,
        reach,
        frequency,
        attributes
    from newest

)

select * from final
