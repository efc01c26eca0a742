-- Grain: one row per merge of two records of a source (source_instance, merge_id).
with source as (

    select * from {{ source('raw_file_drop', 'record_merges') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, merge_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        merge_id,
        {{ normalised('entity') }} as entity,
        losing_id,
        surviving_id,
        merged_at,
        attributes
    from newest

)

select * from final
