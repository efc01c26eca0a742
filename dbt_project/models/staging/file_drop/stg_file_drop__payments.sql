-- Grain: one row per payment of a source (source_instance, payment_id).
with source as (

    select * from {{ source('raw_file_drop', 'payments') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, payment_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        payment_id,
        invoice_id,
        account_id,
        opportunity_id,
        paid_date,
        amount,
        currency_code,
        attributes
    from newest

)

select * from final
