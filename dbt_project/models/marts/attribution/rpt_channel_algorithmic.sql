-- Grain: one row per period, channel, conversion type, method, with or without journeys that did not convert (period_grain, period_start, channel_key, conversion_type, method, includes_non_converting).
-- Why: what nobody touched stands beside it as unattributed, so that each method's credits sum to all
-- conversions of the period. `share` is the name that readers rely on, though some SQL reserves it.
with channel_credits as (

    select * from {{ ref('int_channel_credits') }}

),

conversions as (

    select * from {{ ref('int_conversions') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

declared_periods as (

    select * from {{ ref('stg_company__attribution_periods') }}

),

touched_journeys as (

    select distinct journey_key from journey_touches

),

untouched as (

    select
        conversions.conversion_type,
        conversions.conversion_amount,
        days.month_start_date,
        days.fiscal_quarter_start_date,
        days.fiscal_year_start_date
    from conversions
    inner join days
        on conversions.converted_date = days.date_day
    left join touched_journeys
        on conversions.journey_key = touched_journeys.journey_key
    where touched_journeys.journey_key is null

),

untouched_by_period as (
    {% for grain, column in [
        ('month', 'month_start_date'),
        ('quarter', 'fiscal_quarter_start_date'),
        ('year', 'fiscal_year_start_date'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        declared_periods.period_grain,
        untouched.conversion_type,
        count(*) as credited_conversions,
        sum(untouched.conversion_amount) as credited_amount,
        untouched.{{ column }} as period_start
    from untouched
    inner join declared_periods
        on declared_periods.period_grain = '{{ grain }}'
    group by
        declared_periods.period_grain,
        untouched.conversion_type,
        untouched.{{ column }}
    {%- endfor %}

),

methods as (
    {% for method in ['markov_1', 'markov_2', 'markov_3', 'shapley', 'shapley_rate'] %}
    {%- for includes_non_converting in ['false', 'true'] %}
    {{ "union all" if not (loop.first and method == 'markov_1') }}
    select
        '{{ method }}' as method,
        {{ includes_non_converting }} as includes_non_converting
    {%- endfor %}
    {%- endfor %}

),

unioned as (

    select
        period_grain,
        channel_key,
        conversion_type,
        method,
        removal_effect,
        amount_removal_effect,
        share,
        amount_share,
        credited_amount,
        credited_conversions,
        includes_non_converting,
        is_folded,
        period_start
    from channel_credits
    union all
    select
        untouched_by_period.period_grain,
        {{ surrogate_key(["'unattributed'"]) }} as channel_key,
        untouched_by_period.conversion_type,
        methods.method,
        null as removal_effect,
        null as amount_removal_effect,
        null as share, -- noqa: RF04
        null as amount_share,
        untouched_by_period.credited_amount,
        untouched_by_period.credited_conversions,
        methods.includes_non_converting,
        false as is_folded,
        untouched_by_period.period_start
    from untouched_by_period
    cross join methods

),

final as (

    select
        period_grain,
        channel_key,

        conversion_type,
        method,

        cast(removal_effect as decimal(18, 9)) as removal_effect,
        cast(amount_removal_effect as decimal(18, 9)) as amount_removal_effect,
        cast(share as decimal(18, 9)) as share, -- noqa: RF04
        cast(amount_share as decimal(18, 9)) as amount_share,
        cast(credited_amount as decimal(18, 2)) as credited_amount,
        cast(credited_conversions as decimal(18, 6)) as credited_conversions,

        includes_non_converting,
        is_folded,

        period_start
    from unioned

)

select * from final
