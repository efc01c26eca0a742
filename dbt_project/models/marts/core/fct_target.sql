-- Grain: one row per KPI, team and month (target_key).
with targets as (

    select * from {{ ref('conformed_targets') }}

),

final as (

    select
        target_key,

        kpi,
        coalesce(team, 'all') as team,

        target_value,

        target_month
    from targets

)

select * from final
