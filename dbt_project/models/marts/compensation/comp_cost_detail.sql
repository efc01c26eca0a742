-- Grain: one row per cost centre, category, month and currency (cost_centre, category, period, currency_code).
-- Why: what pay cost a function, in the month that bears it: finer than core, which names no
-- kind of pay and no group so small that it would tell what somebody is paid.
with movements as (

    select * from {{ ref('int_comp_accrual_movements') }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

summed as (

    select
        business_function,
        component_kind,
        currency_code,
        sum(accrued_amount) as amount,
        sum(posted_amount) as posted_amount,
        sum(paid_amount) as paid_amount,
        period
    from movements
    group by
        business_function,
        component_kind,
        currency_code,
        period

),

final as (

    select
        {{ surrogate_key([
            'summed.business_function', 'summed.component_kind', 'summed.period',
            'summed.currency_code'
        ]) }} as cost_detail_key,

        summed.business_function as cost_centre,
        summed.component_kind as category,
        summed.currency_code,

        cast(summed.amount as decimal(18, 2)) as amount,
        cast(summed.posted_amount as decimal(18, 2)) as posted_amount,
        cast(summed.paid_amount as decimal(18, 2)) as paid_amount,
        {{ converted(
            'summed.amount', exchange_rate('rates.rate', 'summed.currency_code')
        ) }} as amount_reporting,

        summed.period
    from summed
    inner join months
        on summed.period = months.period
    left join rates
        on
            summed.currency_code = rates.currency_code
            and months.last_day = rates.rate_date

)

select * from final
