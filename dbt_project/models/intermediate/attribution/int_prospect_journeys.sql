-- Grain: one row per prospect, conversion type and period without a conversion (prospect_type, prospect_number, conversion_type, period_grain, period_start).
-- Why: a journey that led to none: the touches that a conversion at the prospect's last touch of the
-- period would have had. It is none where the prospect did convert within the lookback before that
-- touch, or after it.
with prospect_touches as (

    select * from {{ ref('int_prospect_touches') }}

),

prospect_conversions as (

    select * from {{ ref('int_prospect_conversions') }}

),

lookbacks as (

    select * from {{ ref('stg_company__attribution_lookbacks') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

periods as (

    select * from {{ ref('stg_company__attribution_periods') }}

),

last_touches as (
    {% for grain, column in [
        ('month', 'month_start_date'),
        ('quarter', 'fiscal_quarter_start_date'),
        ('year', 'fiscal_year_start_date'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        prospect_touches.prospect_type,
        prospect_touches.prospect_number,
        '{{ grain }}' as period_grain,
        days.{{ column }} as period_start,
        max(prospect_touches.touch_number) as last_touch_number,
        max(prospect_touches.touched_at) as closes_at
    from prospect_touches
    inner join days
        on prospect_touches.touched_date = days.date_day
    inner join periods
        on periods.period_grain = '{{ grain }}'
    group by
        prospect_touches.prospect_type,
        prospect_touches.prospect_number,
        days.{{ column }}
    {%- endfor %}

),

considered as (

    select
        last_touches.*,
        lookbacks.conversion_type,
        {{ add_seconds('last_touches.closes_at', '-lookbacks.lookback_seconds') }} as opens_at,
        {{ add_seconds('last_touches.closes_at', 'lookbacks.lookback_seconds') }} as waits_until
    from last_touches
    inner join lookbacks
        on
            last_touches.prospect_type
            = case when lookbacks.conversion_type in ('lead', 'mql') then 'person' else 'account' end

),

unconverted as (

    select considered.*
    from considered
    left join prospect_conversions
        on
            considered.prospect_type = prospect_conversions.prospect_type
            and considered.prospect_number = prospect_conversions.prospect_number
            and considered.conversion_type = prospect_conversions.conversion_type
            and considered.opens_at <= prospect_conversions.converted_at
            and considered.waits_until >= prospect_conversions.converted_at
    where prospect_conversions.prospect_number is null

),

final as (

    select
        unconverted.prospect_type,
        unconverted.prospect_number,
        unconverted.conversion_type,
        unconverted.period_grain,
        min(prospect_touches.touch_number) as first_touch_number,
        unconverted.last_touch_number,
        unconverted.period_start
    from unconverted
    inner join prospect_touches
        on
            unconverted.prospect_type = prospect_touches.prospect_type
            and unconverted.prospect_number = prospect_touches.prospect_number
            and unconverted.last_touch_number >= prospect_touches.touch_number
            and unconverted.opens_at <= prospect_touches.touched_at
    group by
        unconverted.prospect_type,
        unconverted.prospect_number,
        unconverted.conversion_type,
        unconverted.period_grain,
        unconverted.last_touch_number,
        unconverted.period_start

)

select * from final
