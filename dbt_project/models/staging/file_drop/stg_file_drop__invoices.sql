-- Grain: one row per invoice line of a source (source_instance, invoice_id, line_number).
with source as (

    select * from {{ source('raw_file_drop', 'invoices') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, invoice_id, line_number
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        invoice_id,
        line_number,
        account_id,
        opportunity_id,
        product_id,
        invoice_date,
        due_date,
        amount,
        currency_code,
        attributes
    from newest

)

select * from final
