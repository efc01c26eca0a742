-- Grain: one row per business function, category, reach, channel and month (cost_monthly_key).
-- Why: converted at the month's end; a value outside the contract's lists lands in its open one.
-- One missing rate makes the sum unknown, never too small. What a handful of people are paid would
-- tell what each of them is: it stands in other costs.
{% set categories = [
    "media", "people", "tools", "events", "agency", "commission", "content"
] %}
with costs as (

    select * from {{ ref('conformed_costs') }}

),

employees as (

    select * from {{ ref('conformed_employees') }}

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

months as (

    select
        cost_month,
        month_end_date
    from listed
    group by
        cost_month,
        month_end_date

),

-- Of a function that the list of people has at all; of others nobody knows how many they are.
functions as (

    select business_function from employees
    group by business_function

),

headcounts as (

    select
        months.cost_month,
        functions.business_function,
        count(distinct employees.employee_key) as employee_count
    from months
    cross join functions
    left join employees
        on
            functions.business_function = employees.business_function
            and coalesce(months.month_end_date >= employees.valid_from, true)
            and coalesce(months.cost_month < employees.valid_to, true)
    group by
        months.cost_month,
        functions.business_function

),

marked as (

    select
        listed.*,
        listed.category in ('people', 'commission')
        and coalesce(
            headcounts.employee_count < {{ company_setting('smallest_pay_group') }}, false
        ) as is_folded
    from listed
    left join headcounts
        on
            listed.business_function = headcounts.business_function
            and listed.cost_month = headcounts.cost_month

),

valued as (

    select
        marked.business_function,
        case when marked.is_folded then 'other' else marked.category end as category,
        marked.reach,
        marked.channel_name,
        marked.amount_local,
        marked.budget_amount_local,
        marked.is_folded,
        marked.cost_month,
        {{ exchange_rate('rates.rate', 'marked.currency_code') }} as fx_rate
    from marked
    left join rates
        on
            marked.currency_code = rates.currency_code
            and marked.month_end_date = rates.rate_date

),

summed as (

    select
        business_function,
        category,
        reach,
        channel_name,
        bool_or(fx_rate is null) as is_rate_missing,
        bool_or(is_folded) as has_folded_pay,
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
        has_folded_pay,

        cost_month
    from summed

)

select * from final
