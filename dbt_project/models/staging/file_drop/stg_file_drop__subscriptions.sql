-- Grain: one row per subscription and validity of a source (source_instance, subscription_id, valid_from).
with source as (

    select * from {{ source('raw_file_drop', 'subscriptions') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, subscription_id, valid_from
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        subscription_id,
        account_id,
        opportunity_id,
        product_id,
        valid_from,
        valid_to,
        recurring_amount,
        currency_code,
        attributes
    from newest

)

select * from final
