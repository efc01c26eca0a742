-- Grain: one row per opportunity line of a source (source_instance, opportunity_line_id).
with source as (

    select * from {{ source('raw_file_drop', 'opportunity_lines') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, opportunity_line_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        opportunity_line_id,
        opportunity_id,
        product_id,
        quantity,
        list_price,
        amount,
        recurring_amount,
        cost_amount,
        currency_code,
        term_months,
        booking_type,
        coalesce(is_deleted, false) as is_deleted,
        attributes
    from newest

)

select * from final
