-- Grain: one row per message and recipient of a source (message_send_key).
-- Why: the recipient is the person that the source names, else that of the lead, else that of the
-- address. A message counts as delivered unless the source says that it was not.
with message_sends as (

    select * from {{ ref('stg_file_drop__message_sends') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

lead_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'leads' and not is_standing

),

address_aliases as (

    select * from {{ ref('int_address_aliases') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

keyed as (

    select
        {{ surrogate_key([
            'message_sends.source_system',
            'message_sends.source_instance',
            'message_sends.message_send_id',
        ]) }} as message_send_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'message_sends.person_id'
        ) }} as person_record_key,
        {{ surviving_key(
            'lead_aliases', 'reference_origins.leads_origin', 'message_sends.lead_id'
        ) }} as lead_key,
        {{ reference_key('reference_origins.campaigns_origin', 'message_sends.campaign_id') }}
            as campaign_key,
        {{ reference_key(
            'reference_origins.content_assets_origin', 'message_sends.content_asset_id'
        ) }} as content_asset_key,

        message_sends.source_system,
        message_sends.source_instance,
        message_sends.message_send_id as source_id,
        message_sends.programme,
        message_sends.rule,
        message_sends.email_hash,
        message_sends.email_domain,
        message_sends.attributes,

        coalesce(message_sends.is_delivered, true) as is_delivered,

        {{ company_date('message_sends.sent_at') }} as sent_date,
        {{ company_date('message_sends.clicked_at') }} as clicked_date,
        {{ company_date('message_sends.unsubscribed_at') }} as unsubscribed_date,

        message_sends.sent_at,
        message_sends.clicked_at,
        message_sends.unsubscribed_at
    from message_sends
    left join reference_origins
        on message_sends.source_instance = reference_origins.source_name
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'message_sends.person_id'
        ) }}
    left join lead_aliases
        on {{ merged_away(
            'lead_aliases', 'reference_origins.leads_origin', 'message_sends.lead_id'
        ) }}

),

final as (

    select
        keyed.*,
        coalesce(
            people.person_key,
            leads.person_key,
            address_aliases.person_key,
            {{ address_person_key('keyed.email_hash') }}
        ) as known_person_key
    from keyed
    left join people
        on keyed.person_record_key = people.person_record_key
    left join leads
        on keyed.lead_key = leads.lead_key
    left join address_aliases
        on {{ address_person_key('keyed.email_hash') }} = address_aliases.lost_person_key

)

select * from final
