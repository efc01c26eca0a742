-- Grain: one row per KPI, period and dimension member (kpi, period_grain, period_start, dimension, member).
-- Why: dense: a count or sum of nothing is 0, of only unknown quantities NULL. A ratio
-- whose numerator nobody in the company records is unknown, not 0. A state of the period's end is unknown
-- until then, and where nobody records it.
with definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}
    where aggregation <> 'product'

),

members as (

    select * from {{ ref('int_kpi_members') }}

),

periods as (

    select
        period_grain,
        period_start,
        period_end
    from {{ ref('int_kpi_periods') }}
    group by
        period_grain,
        period_start,
        period_end

),

cells as (

    select * from {{ ref('int_kpi_cells') }}

),

medians as (

    select * from {{ ref('int_kpi_medians') }}

),

states as (

    select * from {{ ref('int_kpi_states') }}

),

recorded_components as (

    select component from cells
    group by component

),

grid as (

    select
        definitions.kpi,
        definitions.kpi_group,
        definitions.aggregation,
        definitions.numerator_component,
        definitions.denominator_component,
        members.dimension,
        members.member,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        recorded_components.component is not null as is_recorded,
        not coalesce(states.is_known_while_running, true)
        and (recorded_components.component is null or periods.period_end > {{ as_of_date() }})
            as is_state_unknown
    from definitions
    inner join members
        on definitions.kpi = members.kpi
    cross join periods
    left join recorded_components
        on definitions.numerator_component = recorded_components.component
    left join states
        on definitions.numerator_component = states.component

),

looked_up as (

    select
        grid.*,
        medians.median_value,
        medians.p90_value,
        medians.observation_count,
        case
            when grid.aggregation in ('median', 'p90') or grid.is_state_unknown then null
            else {{ kpi_numerator(
                'grid.aggregation', 'numerators.component', 'numerators.quantity',
                'grid.is_recorded'
            ) }}
        end as numerator,
        case
            when grid.is_state_unknown then null
            when grid.aggregation in ('median', 'p90') then coalesce(medians.observation_count, 0)
            else {{ kpi_denominator(
                'grid.aggregation', 'denominators.component', 'denominators.quantity'
            ) }}
        end as denominator
    from grid
    left join cells as numerators
        on
            grid.numerator_component = numerators.component
            and grid.period_grain = numerators.period_grain
            and grid.period_start = numerators.period_start
            and grid.dimension = numerators.dimension
            and grid.member = numerators.member
    left join cells as denominators
        on
            grid.denominator_component = denominators.component
            and grid.period_grain = denominators.period_grain
            and grid.period_start = denominators.period_start
            and grid.dimension = denominators.dimension
            and grid.member = denominators.member
    left join medians
        on
            grid.aggregation in ('median', 'p90')
            and grid.numerator_component = medians.component
            and grid.period_grain = medians.period_grain
            and grid.period_start = medians.period_start
            and grid.dimension = medians.dimension
            and grid.member = medians.member

),

final as (

    select
        kpi,
        kpi_group,
        numerator_component,
        period_grain,
        dimension,
        member,

        case
            when aggregation = 'p90' then p90_value
            when aggregation = 'median' then median_value
            else {{ kpi_value('aggregation', 'numerator', 'denominator') }}
        end as value,
        numerator,
        denominator,

        period_start,
        period_end
    from looked_up

)

select * from final
