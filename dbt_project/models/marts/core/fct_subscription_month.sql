-- Grain: one row per subscription and month at whose end it is active (subscription_month_key).
-- Why: recurring revenue is a state: what holds on the last day of the month, in the running month
-- on the as-of date. All months of a subscription have the rate of its first day, so that a moving
-- rate never looks like growth. Of validities that overlap, the one that began last counts.
with subscriptions as (

    select * from {{ ref('conformed_subscriptions') }}

),

days as (

    select * from {{ ref('dim_date') }}

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

months as (

    select
        month_start_date as subscription_month,
        least(max(date_day), {{ as_of_date() }}) as state_date
    from days
    where month_start_date <= {{ as_of_date() }}
    group by month_start_date

),

started as (

    select
        *,
        min(valid_from) over (partition by subscription_key) as subscription_start_date
    from subscriptions

),

active as (

    select
        started.*,
        months.subscription_month,
        months.state_date,
        count(*) over (
            partition by started.subscription_key, months.subscription_month
        ) > 1 as has_overlap
    from started
    inner join months
        on
            started.valid_from <= months.state_date
            and (started.valid_to > months.state_date or started.valid_to is null)
    qualify row_number() over (
        partition by started.subscription_key, months.subscription_month
        order by started.valid_from desc
    ) = 1

),

linked as (

    select
        active.*,
        coalesce(
            named_accounts.account_key,
            opportunities.account_key,
            {{ unknown_key('account') }}
        ) as known_account_key,
        opportunities.opportunity_key as known_opportunity_key,
        coalesce(products.product_key, {{ unknown_key('product') }}) as known_product_key,
        {{ exchange_rate('rates.rate', 'active.currency_code') }} as fx_rate
    from active
    left join accounts as named_accounts
        on active.account_key = named_accounts.account_key
    left join opportunities
        on active.opportunity_key = opportunities.opportunity_key
    left join products
        on active.product_key = products.product_key
    left join rates
        on
            active.currency_code = rates.currency_code
            and active.subscription_start_date = rates.rate_date

),

final as (

    select
        {{ surrogate_key(['linked.subscription_key', 'linked.subscription_month']) }}
            as subscription_month_key,

        linked.subscription_key,
        linked.known_account_key as account_key,
        linked.known_opportunity_key as opportunity_key,
        linked.known_product_key as product_key,

        linked.source_system,
        linked.source_instance,
        linked.source_id,
        {{ inherited_exclusion('accounts.exclusion_reason') }} as exclusion_reason,
        linked.currency_code,

        {{ converted('linked.recurring_amount_local', 'linked.fx_rate') }}
            as recurring_amount,
        linked.recurring_amount_local,
        linked.fx_rate,

        linked.fx_rate is null as is_rate_missing,
        linked.has_overlap,
        {{ inherited_exclusion('accounts.exclusion_reason') }} is null as is_reportable,

        linked.subscription_month,
        linked.state_date,
        linked.subscription_start_date
    from linked
    left join accounts
        on linked.known_account_key = accounts.account_key

)

select * from final
