-- Grain: one row per cohort month, step, dimension and member (cohort_month, from_stage, to_stage, dimension, member).
-- Why: medians of days do not add up, so each dimension takes its own from the people themselves.
-- Conversions count within the window; the days of those who wait have none.
{%- set dimensions = {
    'all': "'all'",
    'channel': 'channel_name',
    'segment': 'segment',
    'region': 'region',
    'team': 'team',
    'persona': 'persona',
} %}
with steps as (

    select * from {{ ref('int_funnel_steps') }}

),

by_dimension as (
    {% for dimension, member in dimensions.items() %}
    {{ "union all" if not loop.first }}
    select
        {{ first_of_month('entered_date') }} as cohort_month,
        from_stage,
        to_stage,
        '{{ dimension }}' as dimension,
        {{ member }} as member,
        conversion_order,
        window_days,
        is_converted,
        case when is_converted then step_days end as measured_days,
        open_days
    from steps
    {%- endfor %}

),

counted as (

    select
        cohort_month,
        from_stage,
        to_stage,
        dimension,
        member,
        conversion_order,
        window_days,
        count(*) as entered_count,
        count(*) filter (where is_converted) as converted_count,
        count(measured_days) as measured_count,
        count(open_days) as open_count,
        percentile_cont(0.5) within group (order by measured_days) as p50_days,
        percentile_cont(0.75) within group (order by measured_days) as p75_days,
        percentile_cont(0.5) within group (order by open_days) as open_p50_days,
        percentile_cont(0.75) within group (order by open_days) as open_p75_days
    from by_dimension
    group by all

),

final as (

    select
        from_stage,
        to_stage,
        dimension,
        member,

        conversion_order,
        window_days,
        entered_count,
        converted_count,
        {{ safe_ratio('converted_count', 'entered_count') }} as conversion_rate,
        measured_count,
        cast(p50_days as decimal(18, 6)) as p50_days,
        cast(p75_days as decimal(18, 6)) as p75_days,
        open_count,
        cast(open_p50_days as decimal(18, 6)) as open_p50_days,
        cast(open_p75_days as decimal(18, 6)) as open_p75_days,

        {{ add_days(
            add_months('cohort_month', 1),
            'window_days - 1'
        ) }} <= {{ as_of_date() }} as is_mature,

        cohort_month
    from counted

)

select * from final
