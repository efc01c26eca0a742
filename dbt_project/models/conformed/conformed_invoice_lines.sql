-- Grain: one row per line of an invoice (invoice_line_key).
with invoices as (

    select * from {{ ref('stg_file_drop__invoices') }}

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
            'invoices.source_system',
            'invoices.source_instance',
            'invoices.invoice_id',
            'invoices.line_number',
        ]) }} as invoice_line_key,
        {{ surrogate_key([
            'invoices.source_system', 'invoices.source_instance', 'invoices.invoice_id'
        ]) }} as invoice_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'invoices.account_id'
        ) }} as account_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'invoices.opportunity_id'
        ) }} as opportunity_key,
        {{ reference_key('reference_origins.products_origin', 'invoices.product_id') }}
            as product_key,

        invoices.source_system,
        invoices.source_instance,
        invoices.invoice_id as source_id,
        invoices.line_number,
        invoices.currency_code,

        invoices.amount as amount_local,

        invoices.invoice_date,
        invoices.due_date
    from invoices
    left join reference_origins
        on invoices.source_instance = reference_origins.source_name
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'invoices.account_id'
        ) }}

)

select * from final
