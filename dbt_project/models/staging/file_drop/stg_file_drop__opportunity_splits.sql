-- Grain: one row per share of an opportunity of a source (source_instance, split_id).
with source as (

    select * from {{ source('raw_file_drop', 'opportunity_splits') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, split_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        split_id,
        opportunity_id,
        employee_id,
        split_type,
        share,
        valid_from,
        attributes,
        created_at
    from newest

)

select * from final
