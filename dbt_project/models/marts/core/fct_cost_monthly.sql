-- Grain: one row per business function, category, reach, channel and month (cost_monthly_key).
-- Why: converted at the month's end; a value outside the contract's lists lands in its open one.
-- One missing rate makes the sum unknown, never too small.
{% set categories = [
    "media", "people", "tools", "events", "agency", "commission", "content"
] %}
with costs as (

    select * from {{ ref('conformed_costs') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

listed as (

    select
        {{ business_function('business_function') }} as business_function,
        {{ listed('category', categories, 'other') }} as category,
        {{ listed('reach', ['account', 'individual'], 'broad') }} as reach,
        nullif(trim(channel_name), '') as channel_name,
        currency_code,
        amount_local,
        budget_amount_local,
        cost_month,
        {{ add_days(add_months('cost_month', 1), -1) }} as month_end_date
    from costs

),

valued as (

    select
        listed.*,
        {{ exchange_rate('rates.rate', 'listed.currency_code') }} as fx_rate
    from listed
    left join rates
        on
            listed.currency_code = rates.currency_code
            and listed.month_end_date = rates.rate_date

),

summed as (

    select
        business_function,
        category,
        reach,
        channel_name,
        bool_or(fx_rate is null) as is_rate_missing,
        sum({{ converted('amount_local', 'fx_rate') }}) as amount,
        sum({{ converted('budget_amount_local', 'fx_rate') }}) as budget_amount,
        cost_month
    from valued
    group by all

),

final as (

    select
        {{ surrogate_key([
            'business_function', 'category', 'reach', 'channel_name', 'cost_month'
        ]) }} as cost_monthly_key,
        case
            when channel_name is not null then {{ surrogate_key(['channel_name']) }}
        end as channel_key,

        business_function,
        category,
        reach,
        channel_name,

        case when not is_rate_missing then cast(amount as decimal(18, 2)) end as amount,
        case when not is_rate_missing then cast(budget_amount as decimal(18, 2)) end
            as budget_amount,

        is_rate_missing,

        cost_month
    from summed

)

select * from final
