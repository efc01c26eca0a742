-- Grain: one row per month of the hand-off and score band (handoff_month, score_band).
-- Why: whether a higher score meant a better lead: what became of each band's hand-offs over
-- what became of all of the month. Without scoring.yml there is nothing to compare.
with handoffs as (

    select * from {{ ref('fct_handoff') }}
    where score_band_at_handoff is not null

),

person_stages as (

    select * from {{ ref('fct_person_stage') }}
    where stage in ('opportunity', 'won')

),

windows as (

    select * from {{ ref('int_kpi_windows') }}
    where component = 'leads_won'

),

reached as (

    select
        person_key,
        cycle_number,
        max(case when stage = 'opportunity' then 1 else 0 end) as has_opportunity,
        max(case when stage = 'won' then 1 else 0 end) as has_won
    from person_stages
    group by
        person_key,
        cycle_number

),

counted as (

    select
        handoffs.score_band_at_handoff as score_band,
        count(*) as handoff_count,
        count(*) filter (where handoffs.decision <> 'open') as decided_count,
        count(*) filter (where handoffs.decision = 'accepted') as accepted_count,
        cast(sum(coalesce(reached.has_opportunity, 0)) as bigint) as opportunity_count,
        cast(sum(coalesce(reached.has_won, 0)) as bigint) as won_count,
        {{ first_of_month('handoffs.assigned_date') }} as handoff_month
    from handoffs
    left join reached
        on
            handoffs.person_key = reached.person_key
            and handoffs.cycle_number = reached.cycle_number
    group by
        handoffs.score_band_at_handoff,
        {{ first_of_month('handoffs.assigned_date') }}

),

compared as (

    select
        *,
        sum(handoff_count) over monthly as all_handoff_count,
        sum(decided_count) over monthly as all_decided_count,
        sum(accepted_count) over monthly as all_accepted_count,
        sum(won_count) over monthly as all_won_count
    from counted
    window monthly as (partition by handoff_month)

),

final as (

    select
        compared.score_band,

        compared.handoff_count,
        compared.decided_count,
        compared.accepted_count,
        compared.opportunity_count,
        compared.won_count,
        {{ safe_ratio('compared.accepted_count', 'compared.decided_count') }}
            as acceptance_rate,
        {{ safe_ratio('compared.won_count', 'compared.handoff_count') }} as won_rate,
        {{ safe_ratio(
            'compared.accepted_count * compared.all_decided_count',
            'compared.all_accepted_count * compared.decided_count'
        ) }} as acceptance_lift,
        {{ safe_ratio(
            'compared.won_count * compared.all_handoff_count',
            'compared.all_won_count * compared.handoff_count'
        ) }} as won_lift,

        {{ add_days(
            add_months('compared.handoff_month', 1), 'windows.window_days - 1'
        ) }} <= {{ as_of_date() }} as is_mature,

        compared.handoff_month
    from compared
    cross join windows

)

select * from final
