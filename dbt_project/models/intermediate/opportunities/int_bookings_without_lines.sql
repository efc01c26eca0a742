-- Grain: one row per won opportunity that has no lines (opportunity_key).
-- Why: the whole amount stands on the opportunity's own product, or on the unknown one.
with opportunities as (

    select * from {{ ref('int_opportunities_valued') }}
    where is_won

),

opportunity_products as (

    select * from {{ ref('int_opportunity_products') }}

),

lines as (

    select opportunity_key from {{ ref('int_opportunity_lines_valued') }}
    group by opportunity_key

),

products as (

    select * from {{ ref('conformed_products') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

rated as (

    select
        opportunities.*,
        opportunity_products.primary_product_key as product_key,
        products.list_price_local,
        {{ exchange_rate('rates.rate', 'products.currency_code') }} as list_fx_rate
    from opportunities
    inner join opportunity_products
        on opportunities.opportunity_key = opportunity_products.opportunity_key
    left join lines
        on opportunities.opportunity_key = lines.opportunity_key
    left join products
        on opportunity_products.primary_product_key = products.product_key
    left join rates
        on
            products.currency_code = rates.currency_code
            and opportunities.rate_date = rates.rate_date
    where lines.opportunity_key is null

),

final as (

    select
        opportunity_key,
        product_key,

        currency_code,

        amount,
        amount_local,
        {{ list_amount('list_price_local', 'quantity', 'list_fx_rate') }} as list_amount,
        quantity
    from rated

)

select * from final
