-- Grain: one row per month whose customers are a cohort and basis of their cost (cohort_month, cost_basis).
-- Why: a cohort has paid back in the first month by whose end the gross profit of a customer, added
-- up since it began, is at least what winning one cost. Who left stays in with what it paid, and a
-- cohort that has not come so far stays open. Costs count in their own month, or lagged, in the month
-- whose customers they won. Only months that have ended.
with customers as (

    select * from {{ ref('int_customers') }}

),

recurring_months as (

    select * from {{ ref('int_recurring_months') }}
    where is_closed

),

acquisition as (

    select * from {{ ref('int_kpi_components_acquisition') }}

),

bookings as (

    select * from {{ ref('int_kpi_components_bookings') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

months as (

    select month_start_date
    from days
    group by month_start_date
    having max(date_day) <= {{ as_of_date() }}

),

cohorts as (

    select
        months.month_start_date as cohort_month,
        count(*) as customer_count
    from customers
    inner join months
        on {{ first_of_month('customers.customer_from_date') }} = months.month_start_date
    group by months.month_start_date

),

won as (

    select
        {{ first_of_month('component_date') }} as cohort_month,
        sum(case when component = 'new_customers' then quantity end) as new_customer_count,
        sum(case when component = 'acquisition_cost' then quantity end) as cost_amount,
        sum(case when component = 'acquisition_cost_lagged' then quantity end) as lagged_cost_amount
    from acquisition
    group by {{ first_of_month('component_date') }}

),

margins as (

    select
        {{ first_of_month('component_date') }} as cohort_month,
        {{ safe_ratio(
            "sum(case when component = 'margin_amount' then quantity end)",
            "sum(case when component = 'amount_with_cost' then quantity end)",
        ) }} as gross_margin
    from bookings
    group by {{ first_of_month('component_date') }}

),

paid as (

    select
        {{ first_of_month('customers.customer_from_date') }} as cohort_month,
        recurring_months.subscription_month,
        sum(recurring_months.recurring_amount) as yearly_amount
    from customers
    inner join recurring_months
        on
            customers.parent_account_key = recurring_months.parent_account_key
            and recurring_months.subscription_month
            >= {{ first_of_month('customers.customer_from_date') }}
            and recurring_months.subscription_month
            < {{ add_months(
                first_of_month('customers.customer_from_date'),
                var('customer_lifetime_months'),
            ) }}
    group by
        {{ first_of_month('customers.customer_from_date') }},
        recurring_months.subscription_month

),

costed as (
    {% for basis, amount in [('same_month', 'cost_amount'), ('lagged', 'lagged_cost_amount')] %}
    {{ "union all" if not loop.first }}
    select
        cohorts.cohort_month,
        '{{ basis }}' as cost_basis,
        cohorts.customer_count,
        won.new_customer_count,
        won.{{ amount }} as acquisition_cost,
        {{ safe_ratio('won.' ~ amount, 'won.new_customer_count') }} as cac,
        margins.gross_margin
    from cohorts
    left join won
        on cohorts.cohort_month = won.cohort_month
    left join margins
        on cohorts.cohort_month = margins.cohort_month
    {%- endfor %}

),

-- Amounts are by the year; the twelve to divide by stands with the customers.
cumulated as (

    select
        costed.cohort_month,
        costed.cost_basis,
        costed.cac,
        paid.subscription_month,
        costed.gross_margin * {{ safe_ratio(
            'sum(paid.yearly_amount) over (
                partition by costed.cohort_month, costed.cost_basis
                order by paid.subscription_month
                rows between unbounded preceding and current row
            )',
            '(costed.customer_count * 12)',
        ) }} as gross_profit_per_customer
    from costed
    inner join paid
        on costed.cohort_month = paid.cohort_month

),

recovered as (

    select
        cohort_month,
        cost_basis,
        max(gross_profit_per_customer) as gross_profit_per_customer,
        min(case when gross_profit_per_customer >= cac then subscription_month end)
            as payback_month
    from cumulated
    group by
        cohort_month,
        cost_basis

),

final as (

    select
        costed.cost_basis,

        costed.customer_count,
        costed.new_customer_count,
        cast(costed.acquisition_cost as decimal(18, 2)) as acquisition_cost,
        cast(costed.cac as decimal(18, 6)) as cac,
        cast(costed.gross_margin as decimal(18, 6)) as gross_margin,
        cast(recovered.gross_profit_per_customer as decimal(18, 6)) as gross_profit_per_customer,
        cast({{ months_between('costed.cohort_month', 'recovered.payback_month') }} + 1 as integer)
            as payback_months,

        recovered.payback_month is not null as is_recovered,

        costed.cohort_month,
        recovered.payback_month
    from costed
    left join recovered
        on
            costed.cohort_month = recovered.cohort_month
            and costed.cost_basis = recovered.cost_basis

)

select * from final
