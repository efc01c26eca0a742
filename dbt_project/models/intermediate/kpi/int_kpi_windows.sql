-- Grain: one row per component that people have time to enter (component).
-- Why: a cohort is final only when its window has passed; without a direct window in
-- funnel.yml the windows of all steps are added up. A hand-off has
-- until it expires, onboarding its own window.
with conversions as (

    select * from {{ ref('stg_company__conversions') }}

),

promise as (

    select max(expires_after_days) as expires_after_days
    from {{ ref('stg_company__handoff_slas') }}

),

until_won as (

    select
        cast(
            coalesce(
                max(window_days) filter (
                    where from_stage = 'known' and to_stage = 'won'
                ),
                sum(window_days)
            ) as integer
        ) as window_days
    from conversions

),

final as (

    select
        'leads_won' as component,

        window_days
    from until_won
    union all
    select
        'mqls_won_amount' as component,

        window_days
    from until_won
    union all
    select
        concat(from_stage, '_to_', to_stage, '_converted') as component,

        window_days
    from conversions
    union all
    select
        'visitors_identified' as component,

        {{ var('identification_window_days') }} as window_days
    union all
    select
        'handoffs_accepted' as component,

        expires_after_days as window_days
    from promise
    union all
    select
        'cohort_yearly_amounts' as component,

        {{ var('customer_lifetime_months') }} * 31 as window_days
    union all
    select
        'customers_onboarded' as component,

        {{ var('onboarding_window_days') }} as window_days

)

select * from final
