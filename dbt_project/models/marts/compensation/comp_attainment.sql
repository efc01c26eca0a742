-- Grain: one row per payee, component, currency of pay and fiscal period that has begun (payee_key, component_key, currency_code, period_start).
-- Why: in the currency of pay, or in pieces. A quota of 0 is attained by 0; without a quota
-- nothing is known, nor of a KPI that has no value.
with assigned as (

    select * from {{ ref('int_comp_assigned_components') }}
    where kpi is null

),

counted as (

    select * from {{ ref('int_comp_counted_credits') }}

),

quotas as (

    select * from {{ ref('int_comp_period_quotas') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

kpi_results as (

    select * from {{ ref('comp_kpi_result') }}

),

with_quota as (

    select
        assigned.payee_key,
        assigned.component_key,
        assigned.period_grain,
        assigned.currency_code,
        periods.period_start,
        max(quotas.quota_amount) as quota_amount
    from assigned
    inner join periods
        on
            assigned.period_grain = periods.period_grain
            and assigned.valid_from <= periods.period_end
            and assigned.valid_to > periods.period_start
    inner join quotas
        on
            assigned.payee_key = quotas.payee_key
            and assigned.currency_code = quotas.currency_code
            and assigned.quota_measure = quotas.measure
            and periods.period_grain = quotas.period_grain
            and periods.period_start = quotas.period_start
    where periods.has_begun
    group by
        assigned.payee_key,
        assigned.component_key,
        assigned.period_grain,
        assigned.currency_code,
        periods.period_start

),

credited as (

    select
        payee_key,
        component_key,
        period_grain,
        currency_code,
        period_start,
        cast(sum(base_amount) as decimal(38, 9)) as credited_amount
    from counted
    group by
        payee_key,
        component_key,
        period_grain,
        currency_code,
        period_start

),

unioned as (

    select
        coalesce(with_quota.payee_key, credited.payee_key) as payee_key,
        coalesce(with_quota.component_key, credited.component_key) as component_key,
        coalesce(with_quota.period_grain, credited.period_grain) as period_grain,
        coalesce(with_quota.currency_code, credited.currency_code) as currency_code,
        coalesce(with_quota.period_start, credited.period_start) as period_start,
        with_quota.quota_amount,
        coalesce(credited.credited_amount, 0) as credited_amount
    from with_quota
    full outer join credited
        on
            with_quota.payee_key = credited.payee_key
            and with_quota.component_key = credited.component_key
            and with_quota.currency_code = credited.currency_code
            and with_quota.period_start = credited.period_start
    union all
    select
        payee_key,
        component_key,
        period_grain,
        currency_code,
        period_start,
        target as quota_amount,
        actual as credited_amount
    from kpi_results

),

summed as (

    select
        payee_key,
        component_key,
        period_grain,
        currency_code,
        sum(quota_amount) as quota_amount,
        sum(credited_amount) as credited_amount,
        period_start
    from unioned
    group by
        payee_key,
        component_key,
        period_grain,
        currency_code,
        period_start

),

final as (

    select
        payee_key,
        component_key,

        period_grain,
        currency_code,

        cast(round(quota_amount, 2) as decimal(18, 2)) as quota,
        cast(round(credited_amount, 2) as decimal(18, 2)) as credited,
        case
            when quota_amount = 0 then cast(0 as decimal(18, 6))
            else cast(
                {{ exact_share('credited_amount', '1', 'quota_amount') }}
                as decimal(18, 6)
            )
        end as attainment,

        period_start
    from summed

)

select * from final
