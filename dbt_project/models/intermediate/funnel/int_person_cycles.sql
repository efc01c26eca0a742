-- Grain: one row per person and cycle (person_key, cycle_number).
-- Why: the earliest lead of the cycle gives channel, segment, region and owner; without
-- a lead the earliest opportunity does.
with members as (

    select * from {{ ref('int_person_cycle_members') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

lead_channels as (

    select * from {{ ref('int_lead_channels') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

described as (

    select
        members.person_key,
        members.cycle_number,
        members.entity,
        members.record_key,
        members.happened_at,
        coalesce(lead_channels.channel_key, opportunities.channel_key) as channel_key,
        coalesce(leads.owner_employee_key, opportunities.owner_employee_key)
            as owner_employee_key,
        coalesce(leads.segment, accounts.segment, opportunities.segment) as segment,
        coalesce(leads.region, accounts.region, opportunities.region) as region
    from members
    left join leads
        on members.entity = 'lead' and members.record_key = leads.lead_key
    left join lead_channels
        on leads.lead_key = lead_channels.lead_key
    left join accounts
        on leads.account_key = accounts.account_key
    left join opportunities
        on
            members.entity = 'opportunity'
            and members.record_key = opportunities.opportunity_key

),

final as (

    select
        person_key,
        cycle_number,
        case when entity = 'lead' then record_key end as first_lead_key,
        channel_key,
        owner_employee_key,

        segment,
        region,

        entity = 'lead' as has_lead,

        happened_at as started_at
    from described
    qualify row_number() over (
        partition by person_key, cycle_number
        order by
            case when entity = 'lead' then 1 else 2 end asc,
            happened_at asc nulls last,
            record_key asc
    ) = 1

)

select * from final
