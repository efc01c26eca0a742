-- Grain: one row per payee, currency of pay, measure and fiscal period with a quota (payee_key, currency_code, measure, period_grain, period_start).
-- Why: a quota counts for a period by the days that it has in it; in the currency of pay, at
-- the rate of the quota's first day.
with quotas as (

    select * from {{ ref('comp_quota') }}

),

assigned as (

    select * from {{ ref('int_comp_assigned_components') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

asked as (

    select
        payee_key,
        currency_code,
        quota_measure
    from assigned
    where quota_measure is not null
    group by
        payee_key,
        currency_code,
        quota_measure

),

converted as (

    select
        quotas.quota_key,
        asked.payee_key,
        asked.currency_code,
        quotas.measure,
        case
            when quotas.currency_code is null or quotas.currency_code = asked.currency_code
                then cast(quotas.amount as decimal(38, 9))
            else {{ exact_share(
                'quotas.amount',
                exchange_rate('quota_rates.rate', 'quotas.currency_code'),
                exchange_rate('payee_rates.rate', 'asked.currency_code')
            ) }}
        end as quota_amount,
        quotas.valid_from,
        quotas.valid_to
    from quotas
    inner join asked
        on
            quotas.payee_key = asked.payee_key
            and quotas.measure = asked.quota_measure
    left join rates as quota_rates
        on
            quotas.currency_code = quota_rates.currency_code
            and quotas.valid_from = quota_rates.rate_date
    left join rates as payee_rates
        on
            asked.currency_code = payee_rates.currency_code
            and quotas.valid_from = payee_rates.rate_date

),

spread as (

    select
        converted.*,
        periods.period_grain,
        periods.period_start,
        {{ days_between(
            'greatest(converted.valid_from, periods.period_start)',
            'least(converted.valid_to, ' ~ add_days('periods.period_end', 1) ~ ')'
        ) }} as days_in_period,
        {{ days_between('converted.valid_from', 'converted.valid_to') }} as days_in_all
    from converted
    inner join periods
        on
            converted.valid_from <= periods.period_end
            and converted.valid_to > periods.period_start

),

final as (

    select
        payee_key,

        currency_code,
        measure,
        period_grain,

        cast(
            sum({{ exact_share('quota_amount', 'days_in_period', 'days_in_all') }})
            as decimal(38, 9)
        ) as quota_amount,

        period_start
    from spread
    group by
        payee_key,
        currency_code,
        measure,
        period_grain,
        period_start

)

select * from final
