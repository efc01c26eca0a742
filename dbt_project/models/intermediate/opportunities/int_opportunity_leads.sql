-- Grain: one row per opportunity (opportunity_key).
-- Why: the lead that the opportunity names; else the earliest lead that says it became this one.
with opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

converted_leads as (

    select * from leads
    where converted_opportunity_key is not null
    qualify row_number() over (
        partition by converted_opportunity_key
        order by is_reportable desc, created_at asc nulls last, lead_key asc
    ) = 1

),

final as (

    select
        opportunities.opportunity_key,
        coalesce(named_leads.lead_key, converted_leads.lead_key) as lead_key,
        coalesce(named_leads.person_key, converted_leads.person_key) as lead_person_key,
        people.person_key as named_person_key,
        coalesce(
            people.person_key, named_leads.person_key, converted_leads.person_key
        ) as primary_person_key,

        case
            when named_leads.lead_key is not null then named_leads.created_date
            else converted_leads.created_date
        end as lead_created_date
    from opportunities
    left join leads as named_leads
        on opportunities.lead_key = named_leads.lead_key
    left join converted_leads
        on opportunities.opportunity_key = converted_leads.converted_opportunity_key
    left join people
        on opportunities.primary_person_record_key = people.person_record_key

)

select * from final
