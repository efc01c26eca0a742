-- Grain: one row per conversion (conversion_key).
-- Why: what is attributed, in one shape: cycles that became a lead or an MQL, opportunities, won
-- ones, and refunds, which take the journey of the win they undo. A day without a moment lasts to
-- its end, so that what was touched on that day counts.
with person_stages as (

    select * from {{ ref('fct_person_stage') }}
    where stage in ('known', 'mql')

),

people as (

    select * from {{ ref('dim_person') }}
    where is_reportable

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_reportable

),

opportunity_states as (

    select * from {{ ref('fct_opportunity_history') }}

),

refunds as (

    select * from {{ ref('fct_refund') }}
    where is_reportable

),

won_moments as (

    select
        opportunities.opportunity_key,
        max(opportunity_states.valid_from) as won_at
    from opportunities
    inner join opportunity_states
        on
            opportunities.opportunity_key = opportunity_states.opportunity_key
            and opportunities.close_date = opportunity_states.valid_from_date
    where opportunities.is_won and opportunity_states.is_won
    group by opportunities.opportunity_key

),

of_people as (

    select
        case when person_stages.stage = 'known' then 'lead' else 'mql' end as conversion_type,
        person_stages.person_key || '|' || cast(person_stages.cycle_number as varchar)
            as record_key,
        person_stages.person_key,
        cast(null as varchar) as opportunity_key,
        people.account_key,
        cast(null as varchar) as booking_type,
        cast(null as decimal(18, 2)) as conversion_amount,
        person_stages.reached_date as converted_date,
        person_stages.reached_at as converted_at
    from person_stages
    inner join people
        on person_stages.person_key = people.person_key
    where not person_stages.is_side_state and person_stages.reached_date is not null

),

created as (

    select
        'opportunity' as conversion_type,
        opportunity_key as record_key,
        cast(null as varchar) as person_key,
        opportunity_key,
        account_key,
        opportunity_type as booking_type,
        amount as conversion_amount,
        created_date as converted_date,
        created_at as converted_at
    from opportunities
    where created_date is not null

),

won as (

    select
        'won' as conversion_type,
        opportunities.opportunity_key as record_key,
        cast(null as varchar) as person_key,
        opportunities.opportunity_key,
        opportunities.account_key,
        opportunities.opportunity_type as booking_type,
        opportunities.amount as conversion_amount,
        opportunities.close_date as converted_date,
        won_moments.won_at as converted_at
    from opportunities
    left join won_moments
        on opportunities.opportunity_key = won_moments.opportunity_key
    where opportunities.is_won

),

refunded as (

    select
        'refund' as conversion_type,
        refunds.refund_key as record_key,
        cast(null as varchar) as person_key,
        refunds.opportunity_key,
        refunds.account_key,
        won.booking_type,
        -refunds.amount as conversion_amount,
        refunds.refund_date as converted_date,
        cast(null as timestamp) as converted_at
    from refunds
    left join won
        on refunds.opportunity_key = won.opportunity_key

),

unioned as (

    select * from of_people
    union all
    select * from created
    union all
    select * from won
    union all
    select * from refunded

),

final as (

    select
        {{ surrogate_key(['conversion_type', 'record_key']) }} as conversion_key,
        case
            when conversion_type = 'refund' and opportunity_key is not null
                then {{ surrogate_key(["'won'", 'opportunity_key']) }}
            else {{ surrogate_key(['conversion_type', 'record_key']) }}
        end as journey_key,
        person_key,
        opportunity_key,
        account_key,
        conversion_type,
        booking_type,
        conversion_amount,
        converted_date,
        coalesce(
            converted_at,
            {{ add_seconds(start_of_company_day(add_days('converted_date', 1)), -1) }}
        ) as converted_at
    from unioned

)

select * from final
