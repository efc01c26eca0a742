-- Grain: one row per journey (journey_key).
-- Why: between which moments touches count, and when its milestones were: the earliest lead of
-- the group, and the opportunity's creation. The unknown account has no previous win. A number
-- stands for the long key where millions of rows are sorted by it.
with conversions as (

    select * from {{ ref('int_conversions') }}
    where conversion_type <> 'refund'

),

journey_people as (

    select * from {{ ref('int_journey_people') }}

),

accounts as (

    select * from {{ ref('dim_account') }}
    where not is_unknown

),

lookbacks as (

    select * from {{ ref('stg_company__attribution_lookbacks') }}

),

settings as (

    select * from {{ ref('stg_company__attribution_settings') }}

),

leads as (

    select
        person_key,
        min(converted_at) as lead_at
    from conversions
    where conversion_type = 'lead'
    group by person_key

),

-- A lead and an MQL belong to one cycle, whose own lead counts.
own_leads as (

    select
        mqls.journey_key,
        max(cycles.converted_at) as lead_at
    from conversions as mqls
    inner join conversions as cycles
        on
            mqls.person_key = cycles.person_key
            and mqls.converted_at >= cycles.converted_at
    where mqls.conversion_type in ('lead', 'mql') and cycles.conversion_type = 'lead'
    group by mqls.journey_key

),

first_leads as (

    select
        journey_people.journey_key,
        min(leads.lead_at) as lead_at
    from journey_people
    inner join leads
        on journey_people.person_key = leads.person_key
    group by journey_people.journey_key

),

opportunities as (

    select
        opportunity_key,
        converted_at as opportunity_at
    from conversions
    where conversion_type = 'opportunity'

),

wins as (

    select
        conversions.account_key,
        conversions.journey_key,
        conversions.converted_at
    from conversions
    inner join accounts
        on conversions.account_key = accounts.account_key
    where conversions.conversion_type = 'won'

),

previous_wins as (

    select
        conversions.journey_key,
        max(wins.converted_at) as previous_won_at
    from conversions
    cross join settings
    inner join wins
        on
            conversions.account_key = wins.account_key
            and conversions.converted_at > wins.converted_at
    where settings.stops_at_previous_won and conversions.opportunity_key is not null
    group by conversions.journey_key

),

final as (

    select
        conversions.journey_key,
        conversions.conversion_type,
        {{ key_number('conversions.journey_key') }} as journey_number,
        coalesce(own_leads.lead_at, first_leads.lead_at) as lead_at,
        opportunities.opportunity_at,
        previous_wins.previous_won_at,
        {{ add_seconds('conversions.converted_at', '-lookbacks.lookback_seconds') }} as opens_at,
        conversions.converted_at as closes_at
    from conversions
    inner join lookbacks
        on conversions.conversion_type = lookbacks.conversion_type
    left join own_leads
        on conversions.journey_key = own_leads.journey_key
    left join first_leads
        on conversions.journey_key = first_leads.journey_key
    left join opportunities
        on conversions.opportunity_key = opportunities.opportunity_key
    left join previous_wins
        on conversions.journey_key = previous_wins.journey_key

)

select * from final
