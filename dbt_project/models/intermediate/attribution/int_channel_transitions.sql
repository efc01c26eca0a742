-- Grain: one row per period, conversion type and transition (period_grain, period_start, conversion_type, third_last, second_last, last_number, next_number).
-- Why: how often paths went on from their last three channels to the next; next 0 is the end, last 0
-- the start. What a shorter memory needs are sums of it. A refund's journey is that of the win it
-- undoes, so its journeys without a conversion are those of won deals.
with journey_steps as (

    select * from {{ ref('int_journey_steps') }}

),

bounds as (

    select * from {{ ref('int_journey_bounds') }}

),

conversions as (

    select * from {{ ref('int_conversions') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

prospect_journeys as (

    select * from {{ ref('int_prospect_journeys') }}

),

prospect_touches as (

    select * from {{ ref('int_prospect_touches') }}

),

converted as (

    select
        bounds.journey_number,
        conversions.conversion_type,
        abs(coalesce(conversions.conversion_amount, 0)) as conversion_amount,
        days.month_start_date,
        days.fiscal_quarter_start_date,
        days.fiscal_year_start_date
    from conversions
    inner join bounds
        on conversions.journey_key = bounds.journey_key
    inner join days
        on conversions.converted_date = days.date_day

),

converted_steps as (

    select
        third_before as third_last,
        second_before as second_last,
        number_before as last_number,
        channel_number as next_number,
        journey_number,
        false as is_end
    from journey_steps
    union all
    select
        second_before as third_last,
        number_before as second_last,
        channel_number as last_number,
        0 as next_number,
        journey_number,
        true as is_end
    from journey_steps
    where is_last

),

converted_by_month as (

    select
        converted.month_start_date,
        converted.fiscal_quarter_start_date,
        converted.fiscal_year_start_date,
        converted.conversion_type,
        converted_steps.third_last,
        converted_steps.second_last,
        converted_steps.last_number,
        converted_steps.next_number,
        count(*) as converted_count,
        sum(case when converted_steps.is_end then converted.conversion_amount else 0 end)
            as converted_amount
    from converted_steps
    inner join converted
        on converted_steps.journey_number = converted.journey_number
    group by
        converted.month_start_date,
        converted.fiscal_quarter_start_date,
        converted.fiscal_year_start_date,
        converted.conversion_type,
        converted_steps.third_last,
        converted_steps.second_last,
        converted_steps.last_number,
        converted_steps.next_number

),

windows as (

    select
        prospect_journeys.period_grain,
        prospect_journeys.period_start,
        prospect_journeys.conversion_type,
        prospect_touches.channel_number,
        prospect_touches.touch_number = prospect_journeys.last_touch_number as is_last,
        prospect_touches.touch_number = prospect_journeys.first_touch_number as is_first,
        prospect_touches.touch_number = prospect_touches.run_start as begins_run,
        case
            when prospect_touches.run_start > prospect_journeys.first_touch_number
                then prospect_touches.number_before
            else 0
        end as number_before,
        case
            when prospect_touches.start_before > prospect_journeys.first_touch_number
                then prospect_touches.second_before
            else 0
        end as second_before,
        case
            when prospect_touches.second_start_before > prospect_journeys.first_touch_number
                then prospect_touches.third_before
            else 0
        end as third_before
    from prospect_journeys
    inner join prospect_touches
        on
            prospect_journeys.prospect_type = prospect_touches.prospect_type
            and prospect_journeys.prospect_number = prospect_touches.prospect_number
            and prospect_journeys.first_touch_number <= prospect_touches.touch_number
            and prospect_journeys.last_touch_number >= prospect_touches.touch_number

),

unconverted_steps as (

    select
        period_grain,
        period_start,
        conversion_type,
        third_before as third_last,
        second_before as second_last,
        number_before as last_number,
        channel_number as next_number
    from windows
    where begins_run or is_first
    union all
    select
        period_grain,
        period_start,
        conversion_type,
        second_before as third_last,
        number_before as second_last,
        channel_number as last_number,
        0 as next_number
    from windows
    where is_last

),

periods as (

    select * from {{ ref('stg_company__attribution_periods') }}

),

counted as (
    {% for grain, column in [
        ('month', 'month_start_date'),
        ('quarter', 'fiscal_quarter_start_date'),
        ('year', 'fiscal_year_start_date'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        periods.period_grain,
        converted_by_month.{{ column }} as period_start,
        converted_by_month.conversion_type,
        converted_by_month.third_last,
        converted_by_month.second_last,
        converted_by_month.last_number,
        converted_by_month.next_number,
        converted_by_month.converted_count,
        converted_by_month.converted_amount,
        0 as unconverted_count
    from converted_by_month
    inner join periods
        on periods.period_grain = '{{ grain }}'
    {%- endfor %}
    union all
    select
        period_grain,
        period_start,
        conversion_type,
        third_last,
        second_last,
        last_number,
        next_number,
        0 as converted_count,
        0 as converted_amount,
        count(*) as unconverted_count
    from unconverted_steps
    group by
        period_grain,
        period_start,
        conversion_type,
        third_last,
        second_last,
        last_number,
        next_number

),

with_refunds as (

    select * from counted
    union all
    select
        period_grain,
        period_start,
        'refund' as conversion_type,
        third_last,
        second_last,
        last_number,
        next_number,
        0 as converted_count,
        0 as converted_amount,
        unconverted_count
    from counted
    where conversion_type = 'won' and unconverted_count > 0

),

final as (

    select
        period_grain,
        conversion_type,
        third_last,
        second_last,
        last_number,
        next_number,
        cast(sum(converted_count) as bigint) as converted_count,
        cast(sum(converted_amount) as decimal(18, 2)) as converted_amount,
        cast(sum(unconverted_count) as bigint) as unconverted_count,
        period_start
    from with_refunds
    group by
        period_grain,
        conversion_type,
        third_last,
        second_last,
        last_number,
        next_number,
        period_start

)

select * from final
