-- Fails when a touch, message or activity was lost or doubled on its way to its fact, or when the
-- days of content do not add up to what was delivered.
with delivered as (

    select
        'fct_touch' as fact,
        count(*) as amount
    from {{ ref('conformed_touches') }}
    union all
    select
        'fct_message_send' as fact,
        count(*) as amount
    from {{ ref('conformed_message_sends') }}
    union all
    select
        'fct_activity' as fact,
        count(*) as amount
    from {{ ref('conformed_activities') }}
    union all
    select
        'fct_reach_window' as fact,
        count(*) as amount
    from {{ ref('conformed_reach_windows') }}
    union all
    select
        'fct_content_performance_daily' as fact,
        coalesce(sum(impressions), 0) + coalesce(sum(reads), 0)
        + coalesce(sum(engagements), 0) as amount
    from {{ ref('conformed_content_performance') }}

),

published as (

    select
        'fct_touch' as fact,
        count(*) as amount
    from {{ ref('fct_touch') }}
    union all
    select
        'fct_message_send' as fact,
        count(*) as amount
    from {{ ref('fct_message_send') }}
    union all
    select
        'fct_activity' as fact,
        count(*) as amount
    from {{ ref('fct_activity') }}
    union all
    select
        'fct_reach_window' as fact,
        count(*) as amount
    from {{ ref('fct_reach_window') }}
    union all
    select
        'fct_content_performance_daily' as fact,
        coalesce(sum(impressions), 0) + coalesce(sum(reads), 0)
        + coalesce(sum(engagements), 0) as amount
    from {{ ref('fct_content_performance_daily') }}

)

select
    delivered.fact,
    delivered.amount as delivered_amount,
    published.amount as published_amount
from delivered
inner join published
    on delivered.fact = published.fact
where delivered.amount <> published.amount
