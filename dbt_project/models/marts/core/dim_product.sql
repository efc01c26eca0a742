-- Grain: one row per product, and two for what has none (product_key).
-- Why: `unknown` stands for bookings without a product, `unallocated` for what no line carries.
with products as (

    select * from {{ ref('conformed_products') }}

),

members as (

    select
        {{ unknown_key('product') }} as product_key,
        'company' as source_system,
        'company' as source_instance,
        '<unknown>' as source_id,
        'unknown' as product_name,
        'unknown' as product_group
    union all
    select
        {{ unallocated_key('product') }} as product_key,
        'company' as source_system,
        'company' as source_instance,
        '<unallocated>' as source_id,
        'unallocated' as product_name,
        'unallocated' as product_group

),

final as (

    select
        product_key,

        source_system,
        source_instance,
        source_id,
        product_name,
        product_group,
        currency_code,

        list_price_local,

        is_recurring,
        is_active,
        false as is_unknown
    from products
    union all
    select
        product_key,

        source_system,
        source_instance,
        source_id,
        product_name,
        product_group,
        cast(null as varchar) as currency_code,

        cast(null as decimal(18, 2)) as list_price_local,

        false as is_recurring,
        true as is_active,
        true as is_unknown
    from members

)

select * from final
