-- Grain: one row per component of which anything was ever recorded (component).
-- Why: where it was, a day without it has none of it, which is 0; else nobody knows.
with components as (

    select * from {{ ref('int_kpi_components') }}

),

final as (

    select component
    from components
    group by component

)

select * from final
