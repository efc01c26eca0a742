-- Grain: one row per component, day and dimensions of awareness (component, component_date, channel_name, team, segment, region, product_name).
-- Why: the two parts of a ratio are counted over the same rows, those of which both are known: a
-- platform that tells no engagements would otherwise water the others' down.
with ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

message_sends as (

    select * from {{ ref('fct_message_send') }}

),

touches as (

    select * from {{ ref('fct_touch') }}

),

people as (

    select * from {{ ref('dim_person') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

brand_metrics as (

    select * from {{ ref('fct_brand_metric') }}

),

-- Bots and our own people are no visitors.
sessions as (

    select
        touches.channel_key,
        touches.touched_date as component_date,
        people.person_key is not null as is_of_visitor,
        people.person_key is not null
        and row_number() over (
            partition by people.person_key
            order by touches.touched_at, touches.touch_key
        ) = 1 as is_first
    from touches
    left join people
        on
            touches.person_key = people.person_key
            and not people.is_unknown
    where
        touches.touch_type = 'session'
        and coalesce(touches.no_credit_reason, '') not in ('bot', 'person')

),

-- When a person was first seen, and when somebody first knew who it was.
seen_people as (

    select
        touches.person_key,
        min(touches.touched_at) filter (
            where touches.touch_type = 'session' and not touches.is_identified
        ) as first_seen_at,
        min(touches.touched_date) filter (
            where touches.touch_type = 'session' and not touches.is_identified
        ) as first_seen_date,
        {{ first_value_by(
            "case when touches.touch_type = 'session' and not touches.is_identified"
            ~ " then coalesce(touches.channel_key, '') end",
            ['touches.touched_at', 'touches.touch_key'],
        ) }} as channel_key,
        min(touches.touched_at) filter (where touches.is_identified) as identified_at,
        min(touches.touched_date) filter (where touches.is_identified) as identified_date
    from touches
    inner join people
        on
            touches.person_key = people.person_key
            and not people.is_unknown
    where coalesce(touches.no_credit_reason, '') not in ('bot', 'person')
    group by touches.person_key

),

visitors_by_day as (

    select
        channel_key,
        first_seen_date as component_date,
        count(*) as anonymous_visitors,
        count(*) filter (
            where
            {{ days_between('first_seen_date', 'identified_date') }}
            <= {{ var('identification_window_days') }}
        ) as visitors_identified
    from seen_people
    where
        first_seen_at is not null
        and coalesce(identified_at > first_seen_at, true)
    group by channel_key, first_seen_date

),

-- All brands of a company have one market's searches and exposures to share: both parts are added
-- up before they are divided, so that two brands do not count them twice.
{%- for table, own, share in [
    ('searches', 'branded_searches', 'share_of_search'),
    ('exposures', 'exposures', 'share_of_voice'),
] %}
{{ table }}_by_week as (

    select
        market as region,
        week_start as component_date,
        sum({{ own }}) as own_{{ own }},
        {{ safe_ratio('sum(' ~ own ~ ')', 'sum(' ~ share ~ ')') }} as market_{{ own }}
    from brand_metrics
    where {{ own }} is not null and {{ share }} is not null
    group by market, week_start
    having sum({{ share }}) > 0

),
{%- endfor %}

ads_by_day as (

    select
        channel_key,
        spend_date as component_date,
        sum(impressions) as impressions,
        {% for part, other in [
            ('clicks', 'impressions'),
            ('impressions', 'clicks'),
            ('engagements', 'impressions'),
            ('impressions', 'engagements'),
            ('spend', 'clicks'),
            ('clicks', 'spend'),
            ('spend', 'impressions'),
        ] %}
        sum({{ part }}) filter (where {{ other }} is not null) as {{ part }}_with_{{ other }},
        {% endfor %}
        sum(impressions) filter (where spend is not null) * 0.001
            as thousand_impressions_with_spend
    from ad_performance
    group by channel_key, spend_date

),

messages_by_day as (

    select
        cast(null as varchar) as channel_key,
        sent_date as component_date,
        count(*) as messages_sent,
        count(*) filter (where delivered) as messages_delivered,
        count(*) filter (where delivered and clicked) as messages_clicked,
        count(*) filter (where delivered and clicked_by_machine) as messages_clicked_by_machine,
        count(*) filter (where delivered and (clicked or clicked_by_machine))
            as messages_clicked_by_anything,
        count(*) filter (where delivered and unsubscribed) as messages_unsubscribed
    from message_sends
    group by sent_date

),

sessions_by_day as (

    select
        sessions.channel_key,
        sessions.component_date,
        count(*) as sessions,
        count(*) filter (where channels.channel_name = 'direct') as direct_sessions,
        sum(1) filter (where sessions.is_of_visitor) as visitor_sessions,
        sum(case when sessions.is_first then 1 else 0 end)
            filter (where sessions.is_of_visitor) as first_sessions
    from sessions
    left join channels
        on sessions.channel_key = channels.channel_key
    group by sessions.channel_key, sessions.component_date

),

unioned as (
    {% set components = {
        'ads_by_day': [
            'impressions',
            'clicks_with_impressions',
            'impressions_with_clicks',
            'engagements_with_impressions',
            'impressions_with_engagements',
            'spend_with_clicks',
            'clicks_with_spend',
            'spend_with_impressions',
            'thousand_impressions_with_spend',
        ],
        'messages_by_day': [
            'messages_sent',
            'messages_delivered',
            'messages_clicked',
            'messages_clicked_by_machine',
            'messages_clicked_by_anything',
            'messages_unsubscribed',
        ],
        'sessions_by_day': [
            'sessions',
            'direct_sessions',
            'visitor_sessions',
            'first_sessions',
        ],
        'visitors_by_day': [
            'anonymous_visitors',
            'visitors_identified',
        ],
        'searches_by_week': [
            'own_branded_searches',
            'market_branded_searches',
        ],
        'exposures_by_week': [
            'own_exposures',
            'market_exposures',
        ],
    } %}
    {% for table, names in components.items() %}
    {% set outer_loop = loop %}
    {% for component in names %}
    {{ "union all" if not (loop.first and outer_loop.first) }}
    select
        '{{ component }}' as component,
        {% set of_brands = table in ('searches_by_week', 'exposures_by_week') %}
        {{ "cast(null as varchar) as channel_key" if of_brands else 'channel_key' }},
        {{ 'region' if of_brands else "'unknown' as region" }},
        cast({{ component }} as decimal(38, 6)) as quantity,
        component_date
    from {{ table }}
    where {{ component }} is not null
    {% endfor %}
    {% endfor %}

),

final as (

    select
        unioned.component,
        coalesce(channels.channel_name, 'not_recorded') as channel_name,
        'unknown' as team,
        'unknown' as segment,
        unioned.region,
        'unknown' as product_name,

        cast(sum(unioned.quantity) as decimal(38, 6)) as quantity,

        unioned.component_date
    from unioned
    left join channels
        on unioned.channel_key = channels.channel_key
    where unioned.component_date <= {{ as_of_date() }}
    group by
        unioned.component,
        coalesce(channels.channel_name, 'not_recorded'),
        unioned.region,
        unioned.component_date

)

select * from final
