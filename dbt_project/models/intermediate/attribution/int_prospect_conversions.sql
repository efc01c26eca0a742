-- Grain: one row per prospect, conversion type and moment of a conversion (prospect_type, prospect_number, conversion_type, converted_at).
-- Why: whose conversions they were: those of a person; an opportunity's of its account, and of
-- everybody's whose touches it counts.
with conversions as (

    select * from {{ ref('int_conversions') }}
    where conversion_type <> 'refund'

),

journey_people as (

    select * from {{ ref('int_journey_people') }}

),

people as (

    select * from {{ ref('dim_person') }}

),

of_people as (

    select
        'person' as prospect_type,
        conversions.person_key as prospect_key,
        conversions.conversion_type,
        conversions.converted_at
    from conversions
    where conversions.person_key is not null

),

of_accounts as (

    select
        'account' as prospect_type,
        conversions.account_key as prospect_key,
        conversions.conversion_type,
        conversions.converted_at
    from conversions
    where conversions.opportunity_key is not null and conversions.account_key is not null

),

of_groups as (

    select
        'account' as prospect_type,
        coalesce(people.account_key, people.person_key) as prospect_key,
        conversions.conversion_type,
        conversions.converted_at
    from conversions
    inner join journey_people
        on conversions.journey_key = journey_people.journey_key
    inner join people
        on journey_people.person_key = people.person_key
    where conversions.opportunity_key is not null

),

unioned as (

    select * from of_people
    union all
    select * from of_accounts
    union all
    select * from of_groups

),

final as (

    select
        prospect_type,
        {{ key_number('prospect_key') }} as prospect_number,
        conversion_type,
        converted_at
    from unioned
    group by
        prospect_type,
        prospect_key,
        conversion_type,
        converted_at

)

select * from final
