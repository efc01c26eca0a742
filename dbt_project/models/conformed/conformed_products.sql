-- Grain: one row per product of a source (product_key).
with products as (

    select * from {{ ref('stg_file_drop__products') }}

),

final as (

    select
        {{ surrogate_key([
            'source_system', 'source_instance', 'product_id'
        ]) }} as product_key,

        source_system,
        source_instance,
        product_id as source_id,
        coalesce(product_name, product_id) as product_name,
        product_group,
        currency_code,
        attributes,

        list_price as list_price_local,

        coalesce(is_recurring, false) as is_recurring,
        coalesce(is_active, true) as is_active
    from products

)

select * from final
