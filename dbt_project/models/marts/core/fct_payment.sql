-- Grain: one row per payment received (payment_key).
-- Why: at the rate of the day it arrived. What it does not name itself it has from its invoice;
-- an invoice over several opportunities gives it none.
with payments as (

    select * from {{ ref('conformed_payments') }}

),

invoice_lines as (

    select * from {{ ref('fct_invoice_line') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

invoices as (

    select
        invoice_key,
        case when min(account_key) = max(account_key) then min(account_key) end
            as account_key,
        case when min(opportunity_key) = max(opportunity_key) then min(opportunity_key) end
            as opportunity_key
    from invoice_lines
    group by invoice_key

),

linked as (

    select
        payments.*,
        coalesce(
            named_accounts.account_key,
            opportunities.account_key,
            invoices.account_key,
            {{ unknown_key('account') }}
        ) as known_account_key,
        coalesce(opportunities.opportunity_key, invoices.opportunity_key)
            as known_opportunity_key,
        invoices.invoice_key as known_invoice_key,
        {{ exchange_rate('rates.rate', 'payments.currency_code') }} as fx_rate
    from payments
    left join invoices
        on payments.invoice_key = invoices.invoice_key
    left join accounts as named_accounts
        on payments.account_key = named_accounts.account_key
    left join opportunities
        on payments.opportunity_key = opportunities.opportunity_key
    left join rates
        on
            payments.currency_code = rates.currency_code
            and payments.paid_date = rates.rate_date

),

final as (

    select
        linked.payment_key,

        linked.known_invoice_key as invoice_key,
        linked.known_account_key as account_key,
        linked.known_opportunity_key as opportunity_key,

        linked.source_system,
        linked.source_instance,
        linked.source_id,
        {{ inherited_exclusion('accounts.exclusion_reason') }} as exclusion_reason,
        linked.currency_code,

        {{ converted('linked.amount_local', 'linked.fx_rate') }} as amount,
        linked.amount_local,
        linked.fx_rate,

        linked.fx_rate is null as is_rate_missing,
        {{ inherited_exclusion('accounts.exclusion_reason') }} is null as is_reportable,

        linked.paid_date
    from linked
    left join accounts
        on linked.known_account_key = accounts.account_key

)

select * from final
