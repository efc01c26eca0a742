-- Grain: one row per component that people have time to enter (component).
-- Why: a cohort is final only when its window has passed; without a direct window in
-- funnel.yml the windows of all steps are added up. Onboarding has its own.
with conversions as (

    select * from {{ ref('stg_company__conversions') }}

),

final as (

    select
        'leads_won' as component,

        cast(
            coalesce(
                max(window_days) filter (
                    where from_stage = 'known' and to_stage = 'won'
                ),
                sum(window_days)
            ) as integer
        ) as window_days
    from conversions
    union all
    select
        'customers_onboarded' as component,

        {{ var('onboarding_window_days') }} as window_days

)

select * from final
