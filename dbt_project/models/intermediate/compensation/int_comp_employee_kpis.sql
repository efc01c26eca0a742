-- Grain: one row per KPI that a plan asks of single people, payee on it and period (kpi, period_grain, period_start, payee_key).
-- Why: by the rules of the company's KPI and of the same rows, but of the payee's own only. The
-- whole period counts, however many of its days the payee was on the plan.
with assigned as (

    select * from {{ ref('int_comp_assigned_components') }}

),

conditions as (

    select * from {{ ref('stg_company__plan_conditions') }}
    where kpi_of = 'individual'

),

payees as (

    select * from {{ ref('comp_payee') }}
    where employee_key is not null

),

definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}

),

company_values as (

    select * from {{ ref('rpt_kpi') }}
    where dimension = 'all'

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

components as (

    select * from {{ ref('int_kpi_employee_components') }}

),

recorded_components as (

    select * from {{ ref('int_kpi_recorded_components') }}

),

asked as (

    select
        payee_key,
        kpi
    from assigned
    where kpi_of = 'individual'
    union
    select
        assigned.payee_key,
        conditions.of_kpi as kpi
    from assigned
    inner join conditions
        on
            assigned.plan = conditions.plan
            and assigned.plan_version = conditions.plan_version
            and assigned.component = conditions.component

),

grid as (

    select
        asked.payee_key,
        payees.employee_key,
        definitions.kpi,
        definitions.aggregation,
        definitions.numerator_component,
        definitions.denominator_component,
        periods.period_grain,
        periods.period_start,
        recorded_components.component is not null as is_recorded
    from asked
    inner join payees
        on asked.payee_key = payees.payee_key
    inner join definitions
        on asked.kpi = definitions.kpi
    inner join company_values
        on asked.kpi = company_values.kpi
    inner join periods
        on
            company_values.period_grain = periods.period_grain
            and company_values.period_start = periods.period_start
    left join recorded_components
        on definitions.numerator_component = recorded_components.component

),

cells as (

    select
        components.component,
        components.employee_key,
        periods.period_grain,
        periods.period_start,
        sum(components.quantity) as quantity
    from components
    inner join periods
        on
            components.month_start_date >= periods.period_start
            and components.month_start_date <= periods.period_end
    group by
        components.component,
        components.employee_key,
        periods.period_grain,
        periods.period_start

),

counted as (

    select
        grid.*,
        {{ kpi_numerator(
            'grid.aggregation', 'numerators.component', 'numerators.quantity',
            'grid.is_recorded'
        ) }} as numerator,
        {{ kpi_denominator(
            'grid.aggregation', 'denominators.component', 'denominators.quantity'
        ) }} as denominator
    from grid
    left join cells as numerators
        on
            grid.numerator_component = numerators.component
            and grid.employee_key = numerators.employee_key
            and grid.period_grain = numerators.period_grain
            and grid.period_start = numerators.period_start
    left join cells as denominators
        on
            grid.denominator_component = denominators.component
            and grid.employee_key = denominators.employee_key
            and grid.period_grain = denominators.period_grain
            and grid.period_start = denominators.period_start

),

final as (

    select
        kpi,
        payee_key,

        period_grain,

        cast({{ kpi_value('aggregation', 'numerator', 'denominator') }} as decimal(38, 6))
            as value,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator,

        period_start
    from counted

)

select * from final
