-- Grain: one row per cohort month, channel, segment and step (cohort_month, channel_key, segment, from_stage, to_stage).
-- Why: of those who reached the first stage in the month, who reached the second within
-- the window. Days are measured between entries of which somebody noted the day: a skipped
-- stage, a status without a date and a load have none.
with person_stages as (

    select * from {{ ref('fct_person_stage') }}

),

conversions as (

    select * from {{ ref('stg_company__conversions') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

entered as (

    select
        person_stages.person_key,
        person_stages.cycle_number,
        person_stages.channel_key,
        conversions.from_stage,
        conversions.to_stage,
        conversions.window_days,
        conversions.conversion_order,
        person_stages.is_skipped
        or coalesce(person_stages.is_inferred or person_stages.is_bulk_load, false)
            as is_undated,
        person_stages.reached_date,
        coalesce(person_stages.segment, 'unknown') as segment,
        {{ first_of_month('person_stages.reached_date') }} as cohort_month
    from person_stages
    inner join conversions
        on person_stages.stage = conversions.from_stage

),

followed as (

    select
        entered.*,
        {{ days_between('entered.reached_date', 'later_stages.reached_date') }}
            as days_to_convert,
        entered.is_undated
        or coalesce(
            later_stages.is_skipped or later_stages.is_inferred or later_stages.is_bulk_load,
            false
        ) as has_undated_stage
    from entered
    left join person_stages as later_stages
        on
            entered.person_key = later_stages.person_key
            and entered.cycle_number = later_stages.cycle_number
            and entered.to_stage = later_stages.stage

),

converted as (

    select
        *,
        coalesce(days_to_convert between 0 and window_days, false) as is_converted,
        case
            when days_to_convert between 0 and window_days and not has_undated_stage
                then days_to_convert
        end as measured_days
    from followed

),

counted as (

    select
        cohort_month,
        channel_key,
        segment,
        from_stage,
        to_stage,
        conversion_order,
        window_days,
        count(*) as entered_count,
        count(*) filter (where is_converted) as converted_count,
        count(measured_days) as measured_count,
        percentile_cont(0.5) within group (order by measured_days) as p50_days,
        percentile_cont(0.75) within group (order by measured_days) as p75_days
    from converted
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
