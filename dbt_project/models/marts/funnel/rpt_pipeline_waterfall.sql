-- Grain: one row per fiscal period, team and movement (period_grain, period_start, team, movement).
-- Why: every movement has a row in every period and team with any, so that nothing of a
-- kind reads 0 and not as a missing row.
{% set ordered_movements = [
    'begin', 'created', 'pulled_in', 'reopened', 'transferred_in', 'increased',
    'decreased', 'transferred_out', 'pushed_out', 'won', 'lost', 'excluded', 'deleted',
    'end',
] %}
with movements as (

    select * from {{ ref('int_waterfall_movements') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

summed as (

    select
        period_grain,
        period_start,
        team,
        movement,
        sum(amount) as amount,
        sum(direction) as opportunity_count,
        count(*) filter (where amount is null) as unknown_amount_count,
        count(amount) as known_amount_count
    from movements
    group by
        period_grain,
        period_start,
        team,
        movement

),

cells as (

    select
        period_grain,
        period_start,
        team
    from summed
    group by
        period_grain,
        period_start,
        team

),

movement_names as (
    {% for movement in ordered_movements %}
    {{ "union all" if not loop.first }}
    select
        '{{ movement }}' as movement,
        {{ loop.index }} as movement_order
    {%- endfor %}

),

final as (

    select
        cells.period_grain,
        cells.team,
        movement_names.movement,

        cast(movement_names.movement_order as integer) as movement_order,
        cast(
            case
                when summed.movement is null then 0
                when summed.known_amount_count > 0 then summed.amount
            end as decimal(18, 2)
        ) as amount,
        cast(coalesce(summed.opportunity_count, 0) as bigint) as opportunity_count,
        cast(coalesce(summed.unknown_amount_count, 0) as bigint) as unknown_amount_count,

        periods.has_ended,

        cells.period_start,
        periods.last_day
    from cells
    cross join movement_names
    inner join periods
        on
            cells.period_grain = periods.period_grain
            and cells.period_start = periods.period_start
    left join summed
        on
            cells.period_grain = summed.period_grain
            and cells.period_start = summed.period_start
            and cells.team = summed.team
            and movement_names.movement = summed.movement

)

select * from final
