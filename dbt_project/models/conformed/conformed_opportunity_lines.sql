-- Grain: one row per product line of an opportunity (opportunity_line_key).
with opportunity_lines as (

    select * from {{ ref('stg_file_drop__opportunity_lines') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'opportunity_lines.source_system',
            'opportunity_lines.source_instance',
            'opportunity_lines.opportunity_line_id',
        ]) }} as opportunity_line_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'opportunity_lines.opportunity_id'
        ) }} as opportunity_key,
        {{ reference_key('reference_origins.products_origin', 'opportunity_lines.product_id') }}
            as product_key,

        opportunity_lines.source_system,
        opportunity_lines.source_instance,
        opportunity_lines.opportunity_line_id as source_id,
        opportunity_lines.booking_type,
        opportunity_lines.currency_code,

        opportunity_lines.quantity,
        opportunity_lines.list_price as list_price_local,
        opportunity_lines.amount as amount_local,
        opportunity_lines.recurring_amount as recurring_amount_local,
        opportunity_lines.cost_amount as cost_amount_local,
        opportunity_lines.term_months
    from opportunity_lines
    left join reference_origins
        on opportunity_lines.source_instance = reference_origins.source_name
    where not opportunity_lines.is_deleted

)

select * from final
