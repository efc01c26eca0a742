-- Grain: one row per employee and month with a quota of bookings (employee_key, quota_month).
-- Why: a quota is spread over the business days of its validity, so that a month has its
-- part of a quarter's; rounded as it adds up, so that the months make the quota exactly.
-- Valued at the rate of the quota's first day: no plan rate is delivered.
with quotas as (

    select * from {{ ref('conformed_quotas') }}
    where measure = '{{ var("booking_quota_measure") }}'

),

days as (

    select * from {{ ref('dim_date') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

converted as (

    select
        quotas.quota_key,
        quotas.employee_key,
        quotas.valid_from,
        quotas.valid_to,
        {{ converted(
            'quotas.quota_amount_local',
            exchange_rate(
                'rates.rate',
                'coalesce(quotas.currency_code, '
                ~ company_setting('reporting_currency') ~ ')'
            )
        ) }} as quota_amount
    from quotas
    left join rates
        on
            quotas.currency_code = rates.currency_code
            and quotas.valid_from = rates.rate_date

),

counted as (

    select
        converted.quota_key,
        converted.employee_key,
        converted.quota_amount,
        days.month_start_date,
        count(*) filter (where days.is_business_day) as business_days,
        count(*) as calendar_days
    from converted
    inner join days
        on
            converted.valid_from <= days.date_day
            and converted.valid_to > days.date_day
    group by
        converted.quota_key,
        converted.employee_key,
        converted.quota_amount,
        days.month_start_date

),

-- A validity without a business day is spread over its days.
weighed as (

    select
        *,
        case
            when sum(business_days) over whole > 0 then business_days
            else calendar_days
        end as weight
    from counted
    window whole as (partition by quota_key)

),

summed as (

    select
        *,
        sum(weight) over (
            partition by quota_key
            order by month_start_date
            rows between unbounded preceding and current row
        ) as weight_so_far,
        sum(weight) over (partition by quota_key) as weight_sum
    from weighed

),

spread as (

    select
        *,
        cast(round(quota_amount * weight_so_far / weight_sum, 2) as decimal(18, 2))
        - cast(
            round(quota_amount * (weight_so_far - weight) / weight_sum, 2)
            as decimal(18, 2)
        ) as part_amount
    from summed

),

final as (

    select
        employee_key,

        cast(sum(part_amount) as decimal(18, 2)) as quota_amount,

        month_start_date as quota_month
    from spread
    group by
        employee_key,
        month_start_date

)

select * from final
