-- Grain: one row per dispute about pay of a source (source_instance, dispute_id).
with source as (

    select * from {{ source('raw_file_drop', 'compensation_disputes') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, dispute_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        dispute_id,
        employee_id,
        period,
        opportunity_id,
        raised_at,
        reason,
        resolved_at,
        resolution,
        attributes
    from newest

)

select * from final
