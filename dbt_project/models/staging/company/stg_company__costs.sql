-- Grain: one row per cost of a month (cost_id).
with source as (

    select * from {{ source('rules', 'cost') }}

),

final as (

    select
        cost_id,
        cost_month,
        business_function,
        category,
        reach,
        channel_name,
        amount,
        budget_amount,
        currency_code
    from source

)

select * from final
