-- Grain: one row per KPI, period, member and day on which a value became known (kpi, period_grain, period_start, dimension, member, known_from).
with source as (

    select * from {{ source('published_before', 'kpi_history') }}

),

final as (

    select
        kpi,

        kpi_group,
        period_grain,
        dimension,
        member,

        value,

        period_start,
        known_from,
        known_to
    from source

)

select * from final
