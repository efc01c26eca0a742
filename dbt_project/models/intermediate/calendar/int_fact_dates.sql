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

refunds as (

    select * from {{ ref('conformed_refunds') }}

),

subscriptions as (

    select * from {{ ref('conformed_subscriptions') }}

),

invoice_lines as (

    select * from {{ ref('conformed_invoice_lines') }}

),

payments as (

    select * from {{ ref('conformed_payments') }}

),

feedback as (

    select * from {{ ref('conformed_feedback') }}

),

survey_responses as (

    select * from {{ ref('conformed_survey_responses') }}

),

cases as (

    select * from {{ ref('conformed_cases') }}

),

referrals as (

    select * from {{ ref('conformed_referrals') }}

),

content_performance as (

    select * from {{ ref('conformed_content_performance') }}

),

touches as (

    select * from {{ ref('conformed_touches') }}

),

message_sends as (

    select * from {{ ref('conformed_message_sends') }}

),

activities as (

    select * from {{ ref('conformed_activities') }}

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
    union all
    select refund_date as date_day from refunds
    union all
    select valid_from as date_day from subscriptions
    union all
    select invoice_date as date_day from invoice_lines
    union all
    select paid_date as date_day from payments
    union all
    select given_date as date_day from feedback
    union all
    select answered_date as date_day from survey_responses
    union all
    select opened_date as date_day from cases
    union all
    select referred_date as date_day from referrals
    union all
    select performance_date as date_day from content_performance
    union all
    select touched_date as date_day from touches
    union all
    select sent_date as date_day from message_sends
    union all
    select occurred_date as date_day from activities

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
