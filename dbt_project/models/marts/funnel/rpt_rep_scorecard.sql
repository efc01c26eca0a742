-- Grain: one row per employee and fiscal period (employee_key, period_grain, period_start).
-- Why: every employee with a quota, a deal, a credit, pipeline or an activity in a period
-- that has begun. No pay. The length is the three grains of days.
with entries as (

    select * from {{ ref('int_scorecard_entries') }}

),

pipeline as (

    select * from {{ ref('int_scorecard_pipeline') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

teams as (

    select * from {{ ref('int_employee_teams') }}

),

by_grain as (
    {% for grain, column in [
        ('month', 'month_start_date'),
        ('quarter', 'fiscal_quarter_start_date'),
        ('year', 'fiscal_year_start_date'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        entries.*,
        '{{ grain }}' as period_grain,
        days.{{ column }} as period_start
    from entries
    inner join days
        on entries.entry_date = days.date_day
    {%- endfor %}

),

counted as (

    select
        employee_key,
        period_grain,
        period_start,
        cast(sum(quota_amount) as decimal(18, 2)) as quota,
        case
            when count(*) filter (where entry_kind = 'credit') = 0
                then cast(0 as decimal(18, 2))
            else cast(sum(credited_amount) as decimal(18, 2))
        end as credited,
        cast(sum(won_count) as bigint) as won_count,
        cast(sum(lost_count) as bigint) as lost_count,
        cast(median(sales_cycle_days) as decimal(18, 6)) as sales_cycle_days,
        count(*) filter (where direction = 'one_way') as one_way_activity_count,
        count(*) filter (where direction = 'two_way') as two_way_activity_count
    from by_grain
    group by
        employee_key,
        period_grain,
        period_start

),

cells as (

    select
        employee_key,
        period_grain,
        period_start
    from counted
    union
    select
        employee_key,
        period_grain,
        period_start
    from pipeline

),

measured as (

    select
        cells.employee_key,
        coalesce(teams.team, 'unknown') as team,
        cells.period_grain,
        counted.quota,
        case
            when counted.employee_key is null then cast(0 as decimal(18, 2))
            else counted.credited
        end as credited,
        case
            when coalesce(pipeline.begin_count, 0) = 0 then cast(0 as decimal(18, 2))
            else pipeline.begin_amount
        end as pipeline,
        case
            when coalesce(pipeline.end_count, 0) = 0 then cast(0 as decimal(18, 2))
            else pipeline.end_amount
        end as remaining_pipeline,
        coalesce(counted.won_count, 0) as won_count,
        coalesce(counted.lost_count, 0) as lost_count,
        counted.sales_cycle_days,
        coalesce(counted.one_way_activity_count, 0) as one_way_activity_count,
        coalesce(counted.two_way_activity_count, 0) as two_way_activity_count,
        periods.has_ended,
        cells.period_start,
        periods.last_day
    from cells
    inner join periods
        on
            cells.period_grain = periods.period_grain
            and cells.period_start = periods.period_start
    left join counted
        on
            cells.employee_key = counted.employee_key
            and cells.period_grain = counted.period_grain
            and cells.period_start = counted.period_start
    left join pipeline
        on
            cells.employee_key = pipeline.employee_key
            and cells.period_grain = pipeline.period_grain
            and cells.period_start = pipeline.period_start
    left join teams
        on
            cells.employee_key = teams.employee_key
            and periods.last_day >= teams.team_from
            and periods.last_day < coalesce(teams.team_to, date '9999-12-31')
    where periods.has_begun

),

final as (

    select
        employee_key,

        team,
        period_grain,

        quota,
        credited,
        {{ safe_ratio('credited', 'quota') }} as attainment,
        pipeline,
        {{ safe_ratio('pipeline', 'quota') }} as coverage_rate,
        remaining_pipeline,
        case
            when quota > credited
                then {{ safe_ratio('remaining_pipeline', 'quota - credited') }}
        end as remaining_coverage_rate,
        one_way_activity_count,
        two_way_activity_count,
        won_count,
        lost_count,
        {{ safe_ratio('won_count', 'won_count + lost_count') }} as win_rate,
        sales_cycle_days,

        has_ended,

        period_start,
        last_day
    from measured

)

select * from final
