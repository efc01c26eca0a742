-- Grain: one row per month and aspect of the feedback that the two teams give each other (aspect, period_start).
-- Why: feedback belongs to the month in which it was given, whenever it is answered.
with feedback as (

    select * from {{ ref('fct_feedback') }}

),

between_teams as (

    select
        is_answered,
        answer_days,
        {{ first_of_month('given_date') }} as period_start
    from feedback
    where
        is_reportable
        and given_date <= {{ as_of_date() }}
        and (
            (from_function in ('sales', 'sdr') and to_function = 'marketing')
            or (from_function = 'marketing' and to_function in ('sales', 'sdr'))
        )

),

final as (

    select
        'feedback_answered' as aspect,

        cast(count(*) filter (where is_answered) as decimal(38, 6)) as numerator,
        cast(count(*) as decimal(38, 6)) as denominator,
        cast(null as decimal(38, 6)) as median_value,

        period_start
    from between_teams
    group by period_start
    union all
    select
        'feedback_answer_days' as aspect,

        cast(null as decimal(38, 6)) as numerator,
        cast(count(answer_days) as decimal(38, 6)) as denominator,
        cast(median(answer_days) as decimal(38, 6)) as median_value,

        period_start
    from between_teams
    group by period_start

)

select * from final
