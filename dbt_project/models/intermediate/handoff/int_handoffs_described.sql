-- Grain: one row per reportable hand-off (handoff_key).
-- Why: person, channel and segment are those of the lead; a segment it does not say is its
-- account's.
with handoffs as (

    select * from {{ ref('int_handoffs_decided') }}

),

members as (

    select * from {{ ref('int_person_cycle_members') }}
    where entity = 'lead'

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

lead_channels as (

    select * from {{ ref('int_lead_channels') }}

),

final as (

    select
        handoffs.handoff_key,
        handoffs.lead_key,
        members.person_key,
        lead_channels.channel_key,

        leads.source_system,
        leads.source_instance,
        leads.source_id,
        coalesce(leads.segment, accounts.segment, 'unknown') as segment,
        coalesce(leads.region, accounts.region, 'unknown') as region,

        handoffs.is_bulk_load
    from handoffs
    inner join members
        on handoffs.lead_key = members.record_key
    inner join leads
        on handoffs.lead_key = leads.lead_key
    left join accounts
        on leads.account_key = accounts.account_key
    left join lead_channels
        on handoffs.lead_key = lead_channels.lead_key

)

select * from final
