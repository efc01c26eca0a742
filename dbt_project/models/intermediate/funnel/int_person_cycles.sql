-- Grain: one row per person and cycle (person_key, cycle_number).
-- Why: the earliest lead of the cycle gives channel, segment, region and owner, one that was
-- created in it before one that came back; without a lead the earliest opportunity does.
with passes as (

    select * from {{ ref('int_person_passes') }}

),

opportunity_cycles as (

    select * from {{ ref('int_opportunity_cycles') }}

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

-- Deals of a lead stand behind the lead, whatever cycle they are in.
entries as (

    select
        person_key,
        cycle_number,
        entity,
        record_key,
        case when pass_number = 1 then 1 else 2 end as entry_rank,
        starts_at as happened_at
    from passes
    where entity = 'lead'
    union all
    select
        person_key,
        cycle_number,
        'opportunity' as entity,
        opportunity_key as record_key,
        3 as entry_rank,
        happened_at
    from opportunity_cycles

),

described as (

    select
        entries.*,
        coalesce(lead_channels.channel_key, opportunities.channel_key) as channel_key,
        coalesce(leads.owner_employee_key, opportunities.owner_employee_key)
            as owner_employee_key,
        coalesce(leads.segment, accounts.segment, opportunities.segment) as segment,
        coalesce(leads.region, accounts.region, opportunities.region) as region
    from entries
    left join leads
        on entries.entity = 'lead' and entries.record_key = leads.lead_key
    left join lead_channels
        on leads.lead_key = lead_channels.lead_key
    left join accounts
        on leads.account_key = accounts.account_key
    left join opportunities
        on
            entries.entity = 'opportunity'
            and entries.record_key = opportunities.opportunity_key

),

final as (

    select
        person_key,
        cycle_number,
        case when entry_rank = 1 then record_key end as first_lead_key,
        case when entity = 'lead' then record_key end as lead_key,
        channel_key,
        owner_employee_key,

        segment,
        region,

        entry_rank = 1 as has_lead,

        happened_at as started_at
    from described
    qualify row_number() over (
        partition by person_key, cycle_number
        order by
            entry_rank asc,
            happened_at asc nulls last,
            record_key asc
    ) = 1

)

select * from final
