-- Grain: one row per reportable lead or opportunity of a person (entity, record_key).
-- Why: the one place that says whose ways through the funnel a record belongs to; in which
-- cycle it lies say int_person_passes and int_opportunity_cycles.
with leads as (

    select * from {{ ref('conformed_leads') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

-- A person is out when every record of it is; one real record among tests keeps it.
excluded_persons as (

    select person_key
    from people
    group by person_key
    having not bool_or(is_reportable)

),

lead_members as (

    select
        leads.lead_key as record_key,
        leads.person_key,
        leads.created_at as happened_at
    from leads
    left join accounts
        on leads.account_key = accounts.account_key
    left join excluded_persons
        on leads.person_key = excluded_persons.person_key
    where
        leads.is_reportable
        and excluded_persons.person_key is null
        and coalesce(accounts.exclusion_reason, 'none')
        not in ('test', 'internal', 'competitor')

),

-- Selling more to a customer is no acquisition of the contact it is sold to: without a
-- lead, only an opportunity of type `new` moves its primary person.
opportunity_members as (

    select
        opportunities.opportunity_key as record_key,
        coalesce(lead_members.person_key, opportunities.primary_person_key) as person_key,
        opportunities.created_at as happened_at
    from opportunities
    left join lead_members
        on opportunities.lead_key = lead_members.record_key
    left join excluded_persons
        on opportunities.primary_person_key = excluded_persons.person_key
    where
        opportunities.is_reportable
        and (
            opportunities.lead_key is not null
            or {{ normalised('opportunities.opportunity_type') }} = 'new'
        )
        and (
            lead_members.person_key is not null
            or (
                opportunities.primary_person_key is not null
                and excluded_persons.person_key is null
            )
        )

),

unioned as (

    select
        'lead' as entity,
        *
    from lead_members
    union all
    select
        'opportunity' as entity,
        *
    from opportunity_members

),

final as (

    select
        record_key,
        person_key,

        entity,

        happened_at
    from unioned

)

select * from final
