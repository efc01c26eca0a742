-- Grain: one row per payee, component with conditions, currency of pay and period (payee_key, component_key, currency_code, period_grain, period_start).
-- Why: nothing while a gate is shut, else what the multiplier says; by what another component
-- or a KPI, of the company or the payee, has achieved in the same period. What is not known is not achieved.
with assigned as (

    select * from {{ ref('int_comp_assigned_components') }}

),

plan_components as (

    select * from {{ ref('comp_plan_component') }}

),

bands as (

    select * from {{ ref('stg_company__plan_conditions') }}

),

counted as (

    select * from {{ ref('int_comp_counted_credits') }}

),

quotas as (

    select * from {{ ref('int_comp_period_quotas') }}

),

values_reached as (

    select * from {{ ref('rpt_kpi') }}
    where dimension = 'all'

),

own_values as (

    select * from {{ ref('int_comp_employee_kpis') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}
    where has_begun

),

conditions as (

    select
        plan,
        plan_version,
        component,
        condition_number,
        condition_kind,
        of_component,
        of_kpi,
        kpi_of,
        goal
    from bands
    where band_number = 1

),

-- A total of the year is multiplied by what the year has achieved.
asked as (

    select
        assigned.payee_key,
        assigned.component_key,
        assigned.currency_code,
        assigned.plan,
        assigned.plan_version,
        assigned.component,
        conditions.condition_number,
        conditions.condition_kind,
        conditions.of_component,
        conditions.of_kpi,
        conditions.kpi_of,
        conditions.goal,
        plan_components.quota_measure,
        periods.period_grain,
        periods.period_start,
        periods.period_end
    from assigned
    inner join conditions
        on
            assigned.plan = conditions.plan
            and assigned.plan_version = conditions.plan_version
            and assigned.component = conditions.component
    inner join periods
        on
            periods.period_grain = case
                when assigned.component_scope = 'year_to_date' and assigned.kpi is null
                    then 'year'
                else assigned.period_grain
            end
            and assigned.valid_from <= periods.period_end
            and assigned.valid_to > periods.period_start
    left join plan_components
        on
            conditions.plan = plan_components.plan
            and conditions.plan_version = plan_components.plan_version
            and conditions.of_component = plan_components.component
    group by
        assigned.payee_key,
        assigned.component_key,
        assigned.currency_code,
        assigned.plan,
        assigned.plan_version,
        assigned.component,
        conditions.condition_number,
        conditions.condition_kind,
        conditions.of_component,
        conditions.of_kpi,
        conditions.kpi_of,
        conditions.goal,
        plan_components.quota_measure,
        periods.period_grain,
        periods.period_start,
        periods.period_end

),

credited as (

    select
        asked.payee_key,
        asked.component_key,
        asked.currency_code,
        asked.condition_number,
        asked.period_grain,
        asked.period_start,
        cast(sum(counted.base_amount) as decimal(38, 9)) as credited_amount
    from asked
    inner join counted
        on
            asked.payee_key = counted.payee_key
            and asked.plan = counted.plan
            and asked.of_component = counted.component
            and asked.currency_code = counted.currency_code
            and asked.period_start <= counted.credit_date
            and asked.period_end >= counted.credit_date
    group by
        asked.payee_key,
        asked.component_key,
        asked.currency_code,
        asked.condition_number,
        asked.period_grain,
        asked.period_start

),

achieved as (

    select
        asked.*,
        cast(coalesce(
            case
                when asked.kpi_of = 'individual' then {{ exact_share(
                    'own_values.value', '1', 'asked.goal'
                ) }}
                when asked.of_kpi is not null then {{ exact_share(
                    'values_reached.value', '1', 'coalesce(asked.goal, values_reached.target)'
                ) }}
                else {{ exact_share(
                    'credited.credited_amount', '1', 'quotas.quota_amount'
                ) }}
            end, 0
        ) as decimal(38, 9)) as achievement
    from asked
    left join credited
        on
            asked.payee_key = credited.payee_key
            and asked.component_key = credited.component_key
            and asked.currency_code = credited.currency_code
            and asked.condition_number = credited.condition_number
            and asked.period_grain = credited.period_grain
            and asked.period_start = credited.period_start
    left join quotas
        on
            asked.payee_key = quotas.payee_key
            and asked.currency_code = quotas.currency_code
            and asked.quota_measure = quotas.measure
            and asked.period_grain = quotas.period_grain
            and asked.period_start = quotas.period_start
    left join values_reached
        on
            asked.of_kpi = values_reached.kpi
            and asked.period_grain = values_reached.period_grain
            and asked.period_start = values_reached.period_start
    left join own_values
        on
            asked.of_kpi = own_values.kpi
            and asked.payee_key = own_values.payee_key
            and asked.period_grain = own_values.period_grain
            and asked.period_start = own_values.period_start

),

looked_up as (

    select
        achieved.*,
        bands.factor
    from achieved
    inner join bands
        on
            achieved.plan = bands.plan
            and achieved.plan_version = bands.plan_version
            and achieved.component = bands.component
            and achieved.condition_number = bands.condition_number
            and achieved.achievement >= coalesce(bands.at_least, achieved.achievement)
            and (bands.below is null or achieved.achievement < bands.below)

),

final as (

    select
        payee_key,
        component_key,

        currency_code,
        period_grain,

        cast(
            min(case when condition_kind = 'gate' then factor else 1 end)
            * coalesce(max(case when condition_kind = 'multiplier' then factor end), 1)
            as decimal(18, 6)
        ) as pay_factor,

        min(case when condition_kind = 'gate' then factor else 1 end) = 1 as are_gates_open,

        period_start
    from looked_up
    group by
        payee_key,
        component_key,
        currency_code,
        period_grain,
        period_start

)

select * from final
