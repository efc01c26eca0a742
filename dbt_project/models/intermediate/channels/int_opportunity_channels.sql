-- Grain: one row per opportunity (opportunity_key).
-- Why: the lead it came from decides, then the primary person's first lead, then its
-- own source field.
with opportunity_leads as (

    select * from {{ ref('int_opportunity_leads') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

lead_channels as (

    select * from {{ ref('int_lead_channels') }}

),

own_channels as (

    select
        channel_inputs.record_key as opportunity_key,
        channel_matches.channel_key,
        channel_matches.channel_name,
        channel_matches.channel_group
    from {{ ref('int_channel_inputs') }} as channel_inputs
    inner join {{ ref('int_channel_matches') }} as channel_matches
        on channel_inputs.channel_input_key = channel_matches.channel_input_key
    where channel_inputs.entity = 'opportunity'

),

first_leads as (

    select
        leads.person_key,
        lead_channels.channel_key,
        lead_channels.channel_name,
        lead_channels.channel_group
    from leads
    inner join lead_channels
        on leads.lead_key = lead_channels.lead_key
    where leads.is_reportable
    qualify row_number() over (
        partition by leads.person_key
        order by leads.created_at asc nulls last, leads.lead_key asc
    ) = 1

),

final as (

    select
        opportunity_leads.opportunity_key,
        coalesce(
            lead_channels.channel_key,
            first_leads.channel_key,
            own_channels.channel_key
        ) as channel_key,

        coalesce(
            lead_channels.channel_name,
            first_leads.channel_name,
            own_channels.channel_name
        ) as channel_name,
        coalesce(
            lead_channels.channel_group,
            first_leads.channel_group,
            own_channels.channel_group
        ) as channel_group,
        case
            when lead_channels.lead_key is not null then 'lead'
            when first_leads.person_key is not null then 'primary_person'
            else 'source_field'
        end as channel_rule
    from opportunity_leads
    inner join own_channels
        on opportunity_leads.opportunity_key = own_channels.opportunity_key
    left join lead_channels
        on opportunity_leads.lead_key = lead_channels.lead_key
    left join first_leads
        on opportunity_leads.primary_person_key = first_leads.person_key

)

select * from final
