-- Grain: one row per counted credit that is not late (credit_key, payee_key, component_key).
-- Why: what its window had come to before it and with it, in an order that the data
-- declare: day, bookings before what takes back, key.
with counted as (

    select * from {{ ref('int_comp_counted_credits') }}
    where not is_late

),

factors as (

    select * from {{ ref('int_comp_pay_factors') }}

),

quotas as (

    select * from {{ ref('int_comp_period_quotas') }}

),

summed as (

    select
        *,
        sum(base_amount) over so_far as base_after,
        row_number() over so_far as place_in_window
    from counted
    window so_far as (
        partition by window_key
        order by credit_date, is_reversal, event_key, credited_payee_key
        rows between unbounded preceding and current row
    )

),

final as (

    select
        summed.credit_key,
        summed.payee_key,
        summed.component_key,
        summed.event_key,
        summed.credited_payee_key,
        summed.window_key,
        summed.root_key,
        summed.cap_key,

        summed.method,
        summed.component_scope,
        summed.measured_in,
        summed.currency_code,

        summed.cap_amount,
        summed.base_amount,
        quotas.quota_amount,
        cast(summed.base_after - summed.base_amount as decimal(38, 9)) as base_before,
        summed.base_after,
        summed.place_in_window,
        cast(coalesce(factors.pay_factor, 1) as decimal(18, 6)) as pay_factor,

        summed.is_reversal,
        summed.measured_in = 'amount' or coalesce(quotas.quota_amount, 0) > 0
            as is_payable,

        summed.credit_date
    from summed
    left join quotas
        on
            summed.payee_key = quotas.payee_key
            and summed.currency_code = quotas.currency_code
            and summed.quota_measure = quotas.measure
            and summed.window_grain = quotas.period_grain
            and summed.window_start = quotas.period_start
    left join factors
        on
            summed.payee_key = factors.payee_key
            and summed.component_key = factors.component_key
            and summed.currency_code = factors.currency_code
            and summed.window_grain = factors.period_grain
            and summed.window_start = factors.period_start

)

select * from final
