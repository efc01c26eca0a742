-- Grain: one row per component, day and dimensions of spend (component, component_date, channel_name, team, segment, region, product_name).
-- Why: what the ad platforms report, plus the booked media costs that are no copy of it.
with ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

media_costs as (

    select * from {{ ref('int_kpi_media_costs') }}
    where is_counted

),

channels as (

    select * from {{ ref('dim_channel') }}

),

unioned as (

    select
        channel_key,
        spend as quantity,
        spend_date as component_date
    from ad_performance
    union all
    select
        channel_key,
        amount as quantity,
        cost_month as component_date
    from media_costs

),

final as (

    select
        'spend' as component,
        coalesce(channels.channel_name, 'not_recorded') as channel_name,
        'unknown' as team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,

        cast(sum(unioned.quantity) as decimal(38, 6)) as quantity,

        unioned.component_date
    from unioned
    left join channels
        on unioned.channel_key = channels.channel_key
    where unioned.component_date <= {{ as_of_date() }}
    group by
        coalesce(channels.channel_name, 'not_recorded'),
        unioned.component_date

)

select * from final
