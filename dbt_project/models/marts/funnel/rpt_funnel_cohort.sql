-- Grain: one row per cohort month, channel, segment and step (cohort_month, channel_key, segment, from_stage, to_stage).
-- Why: of those who reached the first stage in the month, who reached the second within
-- the window.
with steps as (

    select * from {{ ref('int_funnel_steps') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

counted as (

    select
        {{ first_of_month('entered_date') }} as cohort_month,
        channel_key,
        segment,
        from_stage,
        to_stage,
        conversion_order,
        window_days,
        count(*) as entered_count,
        count(*) filter (where is_converted) as converted_count,
        count(step_days) filter (where is_converted) as measured_count,
        percentile_cont(0.5) within group (
            order by case when is_converted then step_days end
        ) as p50_days,
        percentile_cont(0.75) within group (
            order by case when is_converted then step_days end
        ) as p75_days
    from steps
    group by all

),

final as (

    select
        counted.channel_key,

        channels.channel_name,
        counted.segment,
        counted.from_stage,
        counted.to_stage,

        counted.conversion_order,
        counted.window_days,
        counted.entered_count,
        counted.converted_count,
        {{ safe_ratio('counted.converted_count', 'counted.entered_count') }}
            as conversion_rate,
        counted.measured_count,
        cast(counted.p50_days as decimal(18, 6)) as p50_days,
        cast(counted.p75_days as decimal(18, 6)) as p75_days,

        {{ add_days(
            add_months('counted.cohort_month', 1),
            'counted.window_days - 1'
        ) }} <= {{ as_of_date() }} as is_mature,

        counted.cohort_month
    from counted
    left join channels
        on counted.channel_key = channels.channel_key

)

select * from final
