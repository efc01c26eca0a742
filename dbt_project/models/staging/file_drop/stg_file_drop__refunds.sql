-- Grain: one row per refund of a source (source_instance, refund_id).
with source as (

    select * from {{ source('raw_file_drop', 'refunds') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, refund_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        refund_id,
        opportunity_id,
        refund_date,
        amount,
        currency_code,
        reason,
        attributes,
        created_at
    from newest

)

select * from final
