-- Grain: one row per period, conversion type and set of channels (period_grain, period_start, conversion_type, channel_set).
-- Why: how many paths touched exactly these channels, in whatever order. The set is a whole number:
-- channel n adds 2 to the power of n - 1. As in int_channel_transitions a refund's journeys without a
-- conversion are those of won deals.
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

journey_sets as (

    select
        journey_number,
        {{ number_set('channel_number') }} as channel_set
    from journey_steps
    group by journey_number

),

converted_by_month as (

    select
        days.month_start_date,
        days.fiscal_quarter_start_date,
        days.fiscal_year_start_date,
        conversions.conversion_type,
        journey_sets.channel_set,
        count(*) as converted_count,
        sum(conversions.conversion_amount) as converted_amount,
        sum(abs(conversions.conversion_amount)) as absolute_amount
    from conversions
    inner join bounds
        on conversions.journey_key = bounds.journey_key
    inner join journey_sets
        on bounds.journey_number = journey_sets.journey_number
    inner join days
        on conversions.converted_date = days.date_day
    group by
        days.month_start_date,
        days.fiscal_quarter_start_date,
        days.fiscal_year_start_date,
        conversions.conversion_type,
        journey_sets.channel_set

),

prospect_sets as (

    select
        prospect_journeys.period_grain,
        prospect_journeys.period_start,
        prospect_journeys.conversion_type,
        prospect_journeys.prospect_number,
        {{ number_set('prospect_touches.channel_number') }} as channel_set
    from prospect_journeys
    inner join prospect_touches
        on
            prospect_journeys.prospect_type = prospect_touches.prospect_type
            and prospect_journeys.prospect_number = prospect_touches.prospect_number
            and prospect_journeys.first_touch_number <= prospect_touches.touch_number
            and prospect_journeys.last_touch_number >= prospect_touches.touch_number
    group by
        prospect_journeys.period_grain,
        prospect_journeys.period_start,
        prospect_journeys.conversion_type,
        prospect_journeys.prospect_number

),

unconverted as (

    select
        period_grain,
        period_start,
        conversion_type,
        channel_set,
        count(*) as unconverted_count
    from prospect_sets
    group by
        period_grain,
        period_start,
        conversion_type,
        channel_set

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
        converted_by_month.channel_set,
        converted_by_month.converted_count,
        converted_by_month.converted_amount,
        converted_by_month.absolute_amount,
        0 as unconverted_count
    from converted_by_month
    inner join periods
        on periods.period_grain = '{{ grain }}'
    {%- endfor %}
    {%- for conversion_type, condition in [
        ('conversion_type', 'true'), ("'refund'", "conversion_type = 'won'")
    ] %}
    union all
    select
        period_grain,
        period_start,
        {{ conversion_type }} as conversion_type,
        channel_set,
        0 as converted_count,
        cast(null as decimal(18, 2)) as converted_amount,
        cast(null as decimal(18, 2)) as absolute_amount,
        unconverted_count
    from unconverted
    where {{ condition }}
    {%- endfor %}

),

final as (

    select
        period_grain,
        conversion_type,
        channel_set,
        cast(sum(converted_count) as bigint) as converted_count,
        cast(sum(converted_amount) as decimal(18, 2)) as converted_amount,
        cast(sum(absolute_amount) as decimal(18, 2)) as absolute_amount,
        cast(sum(unconverted_count) as bigint) as unconverted_count,
        period_start
    from counted
    group by
        period_grain,
        conversion_type,
        channel_set,
        period_start

)

select * from final
