-- Grain: one row per product line of an opportunity (opportunity_line_key).
-- Why: a line is valued like its opportunity: won at the booking date, others at creation.
with lines as (

    select * from {{ ref('conformed_opportunity_lines') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_dated') }}

),

products as (

    select * from {{ ref('conformed_products') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

rated as (

    select
        lines.*,
        products.product_key as known_product_key,
        coalesce(lines.list_price_local, products.list_price_local) as unit_price_local,
        {{ exchange_rate('line_rates.rate', 'lines.currency_code') }} as fx_rate,
        case
            when lines.list_price_local is not null
                then {{ exchange_rate('line_rates.rate', 'lines.currency_code') }}
            else {{ exchange_rate('product_rates.rate', 'products.currency_code') }}
        end as list_fx_rate
    from lines
    left join opportunities
        on lines.opportunity_key = opportunities.opportunity_key
    left join products
        on lines.product_key = products.product_key
    left join rates as line_rates
        on
            lines.currency_code = line_rates.currency_code
            and opportunities.rate_date = line_rates.rate_date
    left join rates as product_rates
        on
            products.currency_code = product_rates.currency_code
            and opportunities.rate_date = product_rates.rate_date

),

final as (

    select
        opportunity_line_key,
        opportunity_key,
        coalesce(known_product_key, {{ unknown_key('product') }}) as product_key,

        booking_type,
        currency_code,

        fx_rate,
        quantity,
        amount_local,
        {{ converted_exactly('amount_local', 'fx_rate') }} as exact_amount,
        {{ converted('amount_local', 'fx_rate') }} as amount,
        {{ converted('recurring_amount_local', 'fx_rate') }} as recurring_amount,
        {{ converted('cost_amount_local', 'fx_rate') }} as cost_amount,
        {{ list_amount('unit_price_local', 'quantity', 'list_fx_rate') }} as list_amount,
        term_months,

        fx_rate is null as is_rate_missing
    from rated

)

select * from final
