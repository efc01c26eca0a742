-- Grain: one row per journey and person (journey_key, person_key).
-- Why: whose touches may have led to a conversion: for a lead or an MQL the person, for an
-- opportunity its buying group, by the mode that attribution.yml chose; without the file nobody's,
-- which is why each part is joined to the settings.
with conversions as (

    select * from {{ ref('int_conversions') }}
    where conversion_type <> 'refund'

),

group_members as (

    select * from {{ ref('bridge_opportunity_person') }}

),

people as (

    select * from {{ ref('dim_person') }}
    where is_known and is_reportable

),

settings as (

    select * from {{ ref('stg_company__attribution_settings') }}

),

opportunities_with_members as (

    select distinct opportunity_key from group_members

),

of_the_person as (

    select
        conversions.journey_key,
        conversions.person_key
    from conversions
    cross join settings
    where conversions.person_key is not null

),

of_the_group as (

    select
        conversions.journey_key,
        group_members.person_key
    from conversions
    cross join settings
    inner join group_members
        on conversions.opportunity_key = group_members.opportunity_key

),

of_the_account as (

    select
        conversions.journey_key,
        people.person_key
    from conversions
    cross join settings
    inner join people
        on conversions.account_key = people.account_key
    left join opportunities_with_members
        on conversions.opportunity_key = opportunities_with_members.opportunity_key
    where
        conversions.opportunity_key is not null
        and (
            settings.buying_group = 'implicit'
            or (
                settings.buying_group = 'hybrid'
                and opportunities_with_members.opportunity_key is null
            )
        )

),

final as (

    select * from of_the_person
    union distinct
    select * from of_the_group
    union distinct
    select * from of_the_account

)

select * from final
