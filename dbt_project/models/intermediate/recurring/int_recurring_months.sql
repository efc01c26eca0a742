-- Grain: one row per customer and month at whose end it pays (parent_account_key, subscription_month).
-- Why: what a customer pays is the sum over its subsidiaries, products and currencies: the mix nets.
-- Bookings stand for subscriptions only in a company that delivers none at all.
with subscription_months as (

    select * from {{ ref('fct_subscription_month') }}

),

contracts as (

    select * from {{ ref('int_booking_contracts') }}

),

account_parents as (

    select * from {{ ref('int_account_parents') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

months as (

    select
        month_start_date as subscription_month,
        least(max(date_day), {{ as_of_date() }}) as state_date,
        max(date_day) as last_date
    from days
    where month_start_date <= {{ as_of_date() }}
    group by month_start_date

),

recorded as (

    select count(*) as subscription_count from subscription_months

),

unioned as (

    select
        account_key,
        subscription_month,
        recurring_amount
    from subscription_months
    where is_reportable
    union all
    select
        contracts.account_key,
        months.subscription_month,
        contracts.recurring_amount
    from contracts
    cross join recorded
    inner join months
        on
            contracts.valid_from <= months.state_date
            and contracts.valid_to > months.state_date
    where recorded.subscription_count = 0

),

summed as (

    select
        account_parents.parent_account_key,
        unioned.subscription_month,
        sum(unioned.recurring_amount) as recurring_amount
    from unioned
    inner join account_parents
        on unioned.account_key = account_parents.account_key
    group by
        account_parents.parent_account_key,
        unioned.subscription_month

),

final as (

    select
        summed.parent_account_key,

        cast(summed.recurring_amount as decimal(18, 2)) as recurring_amount,

        months.last_date <= {{ as_of_date() }} as is_closed,

        summed.subscription_month,
        months.state_date
    from summed
    inner join months
        on summed.subscription_month = months.subscription_month
    where summed.recurring_amount <> 0

)

select * from final
