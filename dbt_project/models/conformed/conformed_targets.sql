-- Grain: one row per KPI, team and month (target_key).
-- Why: the company folder wins over a delivered target of the same KPI, team and month.
with company_targets as (

    select * from {{ ref('stg_company__targets') }}

),

source_targets as (

    select * from {{ ref('stg_file_drop__targets') }}

),

unioned as (

    select
        kpi,
        team,
        target_value,
        target_month,
        1 as precedence,
        'company' as source_instance
    from company_targets
    union all
    select
        kpi,
        team,
        target_value,
        {{ first_of_month('target_month') }} as target_month,
        2 as precedence,
        source_instance
    from source_targets

),

final as (

    select
        {{ surrogate_key(['kpi', 'team', 'target_month']) }} as target_key,

        kpi,
        team,

        target_value,

        target_month
    from unioned
    qualify row_number() over (
        partition by kpi, team, target_month
        order by precedence, source_instance
    ) = 1

)

select * from final
