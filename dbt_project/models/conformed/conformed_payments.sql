-- Grain: one row per payment (payment_key).
with payments as (

    select * from {{ ref('stg_file_drop__payments') }}

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'payments.source_system', 'payments.source_instance', 'payments.payment_id'
        ]) }} as payment_key,
        {{ reference_key('reference_origins.invoices_origin', 'payments.invoice_id') }}
            as invoice_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'payments.account_id'
        ) }} as account_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'payments.opportunity_id'
        ) }} as opportunity_key,

        payments.source_system,
        payments.source_instance,
        payments.payment_id as source_id,
        payments.currency_code,

        payments.amount as amount_local,

        payments.paid_date
    from payments
    left join reference_origins
        on payments.source_instance = reference_origins.source_name
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'payments.account_id'
        ) }}

)

select * from final
