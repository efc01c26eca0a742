-- Grain: one row per opportunity, period and movement (opportunity_key, period_grain, period_start, movement).
-- Why: signed, so that begin and all movements of a team add up to its end. A change of
-- amount moves no opportunity, hence its count of 0.
{#- Movement, team, amount, count, condition; a column for the movement when it varies. -#}
{% set movements = [
    ("'begin'", 'begin_team', 'came_with_amount', 1, 'has_begin'),
    ("'transferred_out'", 'begin_team', '-came_with_amount', -1, 'is_transferred'),
    ("'transferred_in'", 'final_team', 'came_with_amount', 1, 'is_transferred'),
    ('entered_by', 'final_team', 'came_with_amount', 1, 'entered_by is not null'),
    (
        "case when amount_change > 0 then 'increased' else 'decreased' end",
        'final_team',
        'amount_change',
        0,
        'amount_change <> 0',
    ),
    ('left_by', 'final_team', '-final_amount', -1, 'left_by is not null'),
    ("'end'", 'final_team', 'final_amount', 1, 'has_end'),
] %}
with reasons as (

    select * from {{ ref('int_waterfall_reasons') }}

),

changed as (

    select
        *,
        coalesce(final_amount, 0) - coalesce(came_with_amount, 0) as amount_change
    from reasons

),

moved as (
    {% for movement, team, amount, direction, condition in movements %}
    {{ "union all" if not loop.first }}
    select
        opportunity_key,
        period_grain,
        {{ team }} as team,
        {{ movement }} as movement,
        {{ direction }} as direction,
        {{ amount }} as amount,
        period_start
    from changed
    where {{ condition }}
    {%- endfor %}

),

final as (

    select
        opportunity_key,

        period_grain,
        team,
        movement,

        cast(direction as integer) as direction,
        cast(amount as decimal(18, 2)) as amount,

        period_start
    from moved

)

select * from final
