-- Grain: one row per subscription and validity (subscription_version_key).
-- Why: a new price, product or account of a subscription is a new validity of it.
with subscriptions as (

    select * from {{ ref('stg_file_drop__subscriptions') }}

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
            'subscriptions.source_system',
            'subscriptions.source_instance',
            'subscriptions.subscription_id',
            'subscriptions.valid_from',
        ]) }} as subscription_version_key,
        {{ surrogate_key([
            'subscriptions.source_system',
            'subscriptions.source_instance',
            'subscriptions.subscription_id',
        ]) }} as subscription_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'subscriptions.account_id'
        ) }} as account_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'subscriptions.opportunity_id'
        ) }} as opportunity_key,
        {{ reference_key(
            'reference_origins.products_origin', 'subscriptions.product_id'
        ) }} as product_key,

        subscriptions.source_system,
        subscriptions.source_instance,
        subscriptions.subscription_id as source_id,
        subscriptions.currency_code,

        subscriptions.recurring_amount as recurring_amount_local,

        subscriptions.valid_from,
        subscriptions.valid_to
    from subscriptions
    left join reference_origins
        on subscriptions.source_instance = reference_origins.source_name
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'subscriptions.account_id'
        ) }}

)

select * from final
