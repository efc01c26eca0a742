-- Grain: one row per quota of a source (source_instance, quota_id).
with source as (

    select * from {{ source('raw_file_drop', 'quotas') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, quota_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        quota_id,
        employee_id,
        measure,
        valid_from,
        valid_to,
        quota_amount,
        currency_code,
        attributes,
        created_at
    from newest

)

select * from final
