-- Grain: one row per product of a source (source_instance, product_id).
with source as (

    select * from {{ source('raw_file_drop', 'products') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, product_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        product_id,
        product_name,
        product_group,
        list_price,
        currency_code,
        is_recurring,
        is_active,
        attributes
    from newest

)

select * from final
