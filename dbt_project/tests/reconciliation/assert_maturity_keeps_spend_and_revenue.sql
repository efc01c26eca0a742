-- Fails on every model whose newest ages of rpt_spend_maturity hold another spend than the ad
-- platforms report, or another revenue than its touches are credited with, up to the as-of date.
with maturity as (

    select * from {{ ref('rpt_spend_maturity') }}

),

credits as (

    select * from {{ ref('fct_attribution_credit') }}
    where conversion_type in ('won', 'refund') and touch_key is not null

),

ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

model_types as (

    select * from {{ ref('stg_company__attribution_models') }}

),

models as (

    select distinct model from model_types

),

newest as (

    select
        channel_key,
        model,
        spend_month,
        max(age_months) as age_months
    from maturity
    group by
        channel_key,
        model,
        spend_month

),

reported as (

    select
        maturity.model,
        sum(maturity.spend) as spend,
        sum(maturity.credited_revenue) as credited_revenue
    from maturity
    inner join newest
        on
            maturity.channel_key = newest.channel_key
            and maturity.model = newest.model
            and maturity.spend_month = newest.spend_month
            and maturity.age_months = newest.age_months
    group by maturity.model

),

spent as (

    select coalesce(sum(spend), 0) as spend
    from ad_performance
    where spend_date <= {{ as_of_date() }}

),

credited as (

    select
        model,
        sum(credited_amount) as credited_revenue
    from credits
    where converted_date <= {{ as_of_date() }}
    group by model

)

select
    models.model,
    spent.spend as expected_spend,
    reported.spend,
    credited.credited_revenue as expected_revenue,
    reported.credited_revenue
from models
cross join spent
left join credited
    on models.model = credited.model
left join reported
    on models.model = reported.model
where
    coalesce(reported.spend, 0) <> spent.spend
    or coalesce(reported.credited_revenue, 0) <> coalesce(credited.credited_revenue, 0)
