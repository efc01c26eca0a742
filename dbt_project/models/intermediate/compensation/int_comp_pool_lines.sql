-- Grain: one row per assignment to a plan with a pool, its component and ended period (assignment_key, component_key, period_start).
-- Why: the pool is what the bands make of the KPI's value, in the reporting currency. Members
-- have the part of their days on the plan times what they weigh; the parts make the pool to the
-- cent: cents that are left go to the largest remainders, then to the lower
-- employee id. The version that holds on the period's last day decides.
with assignments as (

    select * from {{ ref('comp_assignment') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}
    where pool_shared_by is not null

),

payees as (

    select * from {{ ref('comp_payee') }}

),

weights as (

    select * from {{ ref('stg_company__plan_pool_weights') }}

),

bands as (

    select * from {{ ref('stg_company__plan_bands') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}
    where has_ended

),

values_reached as (

    select * from {{ ref('rpt_kpi') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

-- The days on which some version of the plan has the component.
spans as (

    select
        plan,
        component,
        min(valid_from) as valid_from,
        max(coalesce(valid_to, date '9999-12-31')) as valid_to
    from components
    group by
        plan,
        component

),

pools as (

    select
        components.component_key,
        components.plan,
        components.plan_version,
        components.component,
        components.kpi,
        components.method,
        components.pool_shared_by,
        components.pool_team,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        greatest(values_reached.value, 0) as counted_value,
        values_reached.value as actual
    from components
    inner join periods
        on
            components.period_grain = periods.period_grain
            and components.valid_from <= periods.period_end
            and coalesce(components.valid_to, date '9999-12-31') > periods.period_end
    left join values_reached
        on
            components.kpi = values_reached.kpi
            and periods.period_grain = values_reached.period_grain
            and periods.period_start = values_reached.period_start
            and (
                (components.pool_team is null and values_reached.dimension = 'all')
                or (
                    components.pool_team = values_reached.member
                    and values_reached.dimension = 'team'
                )
            )

),

worth as (

    select
        pools.component_key,
        pools.period_start,
        sum(
            case
                when pools.method in ('flat', 'marginal')
                    then greatest(
                        least(pools.counted_value, coalesce(bands.below, pools.counted_value))
                        - coalesce(bands.at_least, 0), 0
                    ) * bands.rate
                when
                    pools.counted_value < coalesce(bands.at_least, pools.counted_value)
                    or coalesce(pools.counted_value >= bands.below, false)
                    then 0
                when pools.method = 'retroactive' then pools.counted_value * bands.rate
                when bands.start_value = bands.end_value then bands.start_value
                else bands.start_value + {{ exact_share(
                    'bands.end_value - bands.start_value',
                    'pools.counted_value - bands.at_least',
                    'bands.below - bands.at_least'
                ) }}
            end
        ) as exact_amount
    from pools
    inner join bands
        on
            pools.plan = bands.plan
            and pools.plan_version = bands.plan_version
            and pools.component = bands.component
    where pools.actual is not null
    group by
        pools.component_key,
        pools.period_start

),

members as (

    select
        pools.*,
        assignments.assignment_key,
        assignments.payee_key,
        payees.employee_id,
        assignments.currency_code,
        cast(round(worth.exact_amount * 100, 0) as hugeint) as pool_cents,
        {{ days_between(
            'greatest(assignments.valid_from, spans.valid_from, pools.period_start)',
            'least(coalesce(assignments.valid_to, spans.valid_to), spans.valid_to, '
            ~ add_days('pools.period_end', 1) ~ ')'
        ) }} as days_counted,
        cast(coalesce(weights.weight, 1) * 1000000 as hugeint)
        * cast(
            case pools.pool_shared_by
                when 'target_pay' then assignments.target_amount * 100
                else 1
            end as hugeint
        ) as weight_units
    from pools
    inner join spans
        on
            pools.plan = spans.plan
            and pools.component = spans.component
    inner join assignments
        on
            pools.plan = assignments.plan
            and pools.period_end >= assignments.valid_from
            and pools.period_start < coalesce(assignments.valid_to, date '9999-12-31')
    inner join payees
        on assignments.payee_key = payees.payee_key
    left join weights
        on
            pools.plan = weights.plan
            and pools.plan_version = weights.plan_version
            and pools.component = weights.component
            and payees.employee_id = weights.employee_id
    left join worth
        on
            pools.component_key = worth.component_key
            and pools.period_start = worth.period_start

),

weighed as (

    select
        *,
        weight_units * days_counted as part,
        sum(weight_units * days_counted) over (
            partition by component_key, period_start
        ) as whole
    from members
    where days_counted > 0

),

shared as (

    select
        *,
        {{ apportioned(
            'pool_cents', 'part', 'whole', 'component_key, period_start',
            'employee_id asc, assignment_key asc'
        ) }} as cents
    from weighed

),

converted as (

    select
        shared.*,
        cast(shared.cents as decimal(20, 0)) * cast(0.01 as decimal(3, 2)) as amount_reporting,
        {{ exchange_rate('rates.rate', 'shared.currency_code') }} as rate
    from shared
    left join rates
        on
            shared.currency_code = rates.currency_code
            and shared.period_end = rates.rate_date

),

final as (

    select
        assignment_key,
        component_key,
        payee_key,

        currency_code,
        plan,
        component,
        kpi,
        pool_team,
        period_grain,

        plan_version,
        cast(actual as decimal(38, 6)) as actual,
        cast(
            cast(pool_cents as decimal(20, 0)) * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
        ) as pool_amount,
        cast(days_counted as integer) as days_counted,
        cast(amount_reporting as decimal(18, 2)) as amount_reporting,
        cast({{ exact_share('amount_reporting', '1', 'rate') }} as decimal(38, 9))
            as exact_amount,

        period_start,
        period_end
    from converted

)

select * from final
