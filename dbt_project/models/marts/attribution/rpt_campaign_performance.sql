-- Grain: one row per month, campaign, model and date role (performance_month, campaign_key, model, date_role).
-- Why: what a campaign cost beside what each model credits it with: by the month of the touches, as
-- their spend, or by the month of the conversions, as the books.
with performance_months as (

    select * from {{ ref('int_performance_months') }}
    where dimension = 'campaign'

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

final as (

    select
        performance_months.member_key as campaign_key,

        campaigns.campaign_name,
        campaigns.campaign_group,
        performance_months.model,
        performance_months.date_role,

        performance_months.spend,
        performance_months.lead_count,
        performance_months.mql_count,
        performance_months.opportunity_count,
        performance_months.credited_conversions,
        performance_months.new_customer_count,
        performance_months.credited_pipeline,
        performance_months.credited_revenue,
        performance_months.cac,
        performance_months.roas,
        performance_months.pipeline_per_spend,

        performance_months.is_mature,

        performance_months.performance_month
    from performance_months
    left join campaigns
        on performance_months.member_key = campaigns.campaign_key

)

select * from final
