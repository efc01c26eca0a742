-- Grain: one row per cost of a source (source_instance, cost_id).
with source as (

    select * from {{ source('raw_file_drop', 'costs') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, cost_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        cost_id,
        cost_month,
        business_function,
        category,
        reach,
        channel_name,
        amount,
        budget_amount,
        currency_code,
        attributes
    from newest

)

select * from final
