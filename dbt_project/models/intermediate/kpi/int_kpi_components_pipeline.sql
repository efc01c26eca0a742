-- Grain: one row per component, day and team of the pipeline (component, component_date, team).
-- Why: states stand on the last day of each month, or the as-of date; what happened in a
-- month stands on its first day. The forecast is that of the last week before it.
with daily as (

    select * from {{ ref('rpt_pipeline_daily') }}
    where is_pipeline

),

months as (

    select * from {{ ref('int_reporting_periods') }}
    where period_grain = 'month' and has_begun

),

waterfall as (

    select * from {{ ref('rpt_pipeline_waterfall') }}
    where period_grain = 'month'

),

forecasts as (

    select * from {{ ref('rpt_forecast') }}
    where
        period_grain = 'month'
        and has_ended
        and forecast_category = 'commit'
        and snapshot_date < period_start
    qualify row_number() over (
        partition by period_start, team
        order by snapshot_date desc
    ) = 1

),

states as (

    select
        daily.team,
        months.last_day as component_date,
        sum(daily.open_amount) as open_amount,
        sum(daily.stalled_amount) as stalled_amount,
        sum(daily.weighted_amount) as weighted_amount
    from daily
    inner join months
        on daily.pipeline_date = months.last_day
    group by
        daily.team,
        months.last_day

),

unioned as (

    select
        'open_pipeline' as component,
        team,
        open_amount as quantity,
        component_date
    from states
    union all
    select
        'stalled_pipeline' as component,
        team,
        stalled_amount as quantity,
        component_date
    from states
    union all
    select
        'weighted_pipeline' as component,
        team,
        weighted_amount as quantity,
        component_date
    from states
    union all
    select
        'pipeline_at_begin' as component,
        team,
        amount as quantity,
        period_start as component_date
    from waterfall
    where movement = 'begin'
    union all
    select
        'pipeline_pushed_out' as component,
        team,
        -amount as quantity,
        period_start as component_date
    from waterfall
    where movement = 'pushed_out'
    {%- for component, quantity in [
        ('forecast_actual', 'actual_amount'),
        ('forecast_hit', 'actual_amount - error_amount'),
        ('forecast_excess', 'amount - actual_amount'),
    ] %}
    union all
    select
        '{{ component }}' as component,
        team,
        {{ quantity }} as quantity,
        period_start as component_date
    from forecasts
    {%- endfor %}

),

final as (

    select
        component,
        'unknown' as channel_name,
        team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,

        cast(quantity as decimal(38, 6)) as quantity,

        component_date
    from unioned

)

select * from final
