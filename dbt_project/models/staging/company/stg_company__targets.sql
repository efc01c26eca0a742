-- Grain: one row per KPI, team and month (kpi, team, target_month).
with source as (

    select * from {{ source('rules', 'target') }}

),

final as (

    select
        kpi,
        team,
        target_month,
        target_value
    from source

)

select * from final
