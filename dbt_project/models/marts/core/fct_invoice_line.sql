-- Grain: one row per line of an invoice (invoice_line_key).
-- Why: at the rate of the invoice date; of the account it names, else of its opportunity's.
with invoice_lines as (

    select * from {{ ref('conformed_invoice_lines') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

linked as (

    select
        invoice_lines.*,
        coalesce(
            named_accounts.account_key,
            opportunities.account_key,
            {{ unknown_key('account') }}
        ) as known_account_key,
        opportunities.opportunity_key as known_opportunity_key,
        coalesce(products.product_key, {{ unknown_key('product') }}) as known_product_key,
        {{ exchange_rate('rates.rate', 'invoice_lines.currency_code') }} as fx_rate
    from invoice_lines
    left join accounts as named_accounts
        on invoice_lines.account_key = named_accounts.account_key
    left join opportunities
        on invoice_lines.opportunity_key = opportunities.opportunity_key
    left join products
        on invoice_lines.product_key = products.product_key
    left join rates
        on
            invoice_lines.currency_code = rates.currency_code
            and invoice_lines.invoice_date = rates.rate_date

),

final as (

    select
        linked.invoice_line_key,

        linked.invoice_key,
        linked.known_account_key as account_key,
        linked.known_opportunity_key as opportunity_key,
        linked.known_product_key as product_key,

        linked.source_system,
        linked.source_instance,
        linked.source_id,
        linked.line_number,
        {{ inherited_exclusion('accounts.exclusion_reason') }} as exclusion_reason,
        linked.currency_code,

        {{ converted('linked.amount_local', 'linked.fx_rate') }} as amount,
        linked.amount_local,
        linked.fx_rate,

        linked.fx_rate is null as is_rate_missing,
        {{ inherited_exclusion('accounts.exclusion_reason') }} is null as is_reportable,

        linked.invoice_date,
        linked.due_date
    from linked
    left join accounts
        on linked.known_account_key = accounts.account_key

)

select * from final
