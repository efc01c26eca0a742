-- Grain: one row per opportunity and period with a part in its waterfall (opportunity_key, period_grain, period_start).
-- Why: one reason for coming in and one for leaving, from what the states of the two
-- days say. What leaves unwon leaves with the amount it came with, so that no more is
-- pushed out than was there; what is won, with the amount it was won at.
with positions as (

    select * from {{ ref('int_waterfall_positions') }}

),

reasoned as (

    select
        *,
        case
            when has_begin then null
            when first_state_kind in ('won', 'lost') then 'reopened'
            when was_in_pipeline then 'pulled_in'
            when had_been_pipeline then 'excluded'
            else 'created'
        end as entered_by,
        case
            when has_end then null
            when last_state_kind in ('won', 'lost', 'deleted') then last_state_kind
            when is_in_pipeline then 'pushed_out'
            else 'excluded'
        end as left_by,
        case
            when has_begin then begin_amount
            when last_state_kind = 'lost' then last_open_amount
            else last_amount
        end as came_with_amount,
        case when last_state_kind = 'deleted' then begin_team else last_team end
            as final_team
    from positions

),

final as (

    select
        opportunity_key,

        period_grain,
        begin_team,
        final_team,
        entered_by,
        left_by,

        came_with_amount,
        case
            when left_by is null or left_by = 'won' then last_amount
            else came_with_amount
        end as final_amount,

        has_begin,
        has_end,
        has_begin and begin_team <> final_team as is_transferred,

        period_start
    from reasoned

)

select * from final
