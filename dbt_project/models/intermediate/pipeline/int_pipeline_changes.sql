-- Grain: one row per measure, day, team and sales stage with a change (measure, change_date, team, sales_stage).
-- Why: what enters a measure is added on its first day and taken off on the day after
-- its last; a running sum of these few rows is the open pipeline of any day.
{%- set measures = [
    ('open', 'day_from'), ('stalled', 'stalled_from'), ('past_due', 'past_due_from')
] %}
with ranges as (

    select * from {{ ref('int_open_pipeline_ranges') }}

),

changes as (
    {% for measure, first_day in measures %}
    {{ "union all" if not loop.first }}
    select
        '{{ measure }}' as measure,
        {{ first_day }} as change_date,
        team,
        sales_stage,
        amount,
        weighted_amount,
        1 as direction
    from ranges
    where {{ first_day }} < day_to
    union all
    select
        '{{ measure }}' as measure,
        day_to as change_date,
        team,
        sales_stage,
        amount,
        weighted_amount,
        -1 as direction
    from ranges
    where {{ first_day }} < day_to
    {%- endfor %}

),

final as (

    select
        measure,
        team,
        sales_stage,

        cast(sum(direction) as bigint) as count_change,
        cast(sum(direction) filter (where amount is not null) as bigint)
            as known_count_change,
        cast(sum(direction) filter (where weighted_amount is not null) as bigint)
            as weighted_count_change,
        cast(sum(direction * amount) as decimal(18, 2)) as amount_change,
        cast(sum(direction * weighted_amount) as decimal(18, 2)) as weighted_change,

        change_date
    from changes
    group by
        measure,
        change_date,
        team,
        sales_stage

)

select * from final
