-- Grain: one row per KPI, dimension and member ever seen (kpi, dimension, member).
-- Why: the union of members with facts and teams with a target; the undivided total is
-- always there.
with definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}
    where aggregation <> 'product'

),

dimensions as (

    select * from {{ ref('int_kpi_dimensions') }}

),

cells as (

    select * from {{ ref('int_kpi_cells') }}

),

medians as (

    select * from {{ ref('int_kpi_medians') }}

),

targets as (

    select * from {{ ref('int_kpi_targets') }}

),

seen as (

    select
        component,
        dimension,
        member
    from cells
    union
    select
        component,
        dimension,
        member
    from medians

),

unioned as (

    select
        kpi,
        'all' as dimension,
        'all' as member
    from definitions
    union
    select
        definitions.kpi,
        seen.dimension,
        seen.member
    from definitions
    inner join seen
        on
            seen.component in (
                definitions.numerator_component, definitions.denominator_component
            )
    union
    select
        kpi,
        dimension,
        member
    from targets

),

final as (

    select
        unioned.kpi,
        unioned.dimension,
        unioned.member
    from unioned
    inner join dimensions
        on
            unioned.kpi = dimensions.kpi
            and unioned.dimension = dimensions.dimension

)

select * from final
