-- Grain: one row per day on which something happened or is planned (date_day).
-- Why: the company's calendar has to reach from the first of them to the last.
with opportunities as (

    select * from {{ ref('int_opportunities_dated') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

ad_spend as (

    select * from {{ ref('conformed_ad_spend') }}

),

costs as (

    select * from {{ ref('conformed_costs') }}

),

targets as (

    select * from {{ ref('conformed_targets') }}

),

unioned as (

    select created_date as date_day from opportunities
    union all
    select close_date as date_day from opportunities
    where is_closed
    union all
    select created_date as date_day from leads
    where is_reportable
    union all
    select spend_date as date_day from ad_spend
    union all
    select cost_month as date_day from costs
    union all
    select target_month as date_day from targets

),

final as (

    select
        date_day,
        count(*) as fact_count
    from unioned
    where date_day is not null
    group by date_day

)

select * from final
