-- Grain: one row per message and recipient (message_send_key).
-- Why: a click sooner after the sending than anybody reads is that of a filter of the recipient's
-- mail, and so is any click in a mailbox that the company lists as a machine's: they are told
-- apart, and no clicks of the recipient.
with message_sends as (

    select * from {{ ref('conformed_message_sends') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

content_assets as (

    select * from {{ ref('dim_content_asset') }}

),

machine_clicks as (

    select * from {{ ref('stg_company__machine_clicks') }}

),

machine_addresses as (

    select * from {{ ref('stg_company__machine_addresses') }}

),

listed as (

    select message_sends.message_send_key
    from message_sends
    inner join machine_addresses
        on
            machine_addresses.address_kind = 'email'
            and message_sends.email_hash = machine_addresses.email_hash
            and message_sends.clicked_date >= machine_addresses.valid_from
            and message_sends.clicked_date
            < coalesce(machine_addresses.valid_to, date '9999-12-31')
    union
    select message_sends.message_send_key
    from message_sends
    inner join machine_addresses
        on
            machine_addresses.address_kind = 'email_domain'
            and message_sends.email_domain = machine_addresses.address
            and message_sends.clicked_date >= machine_addresses.valid_from
            and message_sends.clicked_date
            < coalesce(machine_addresses.valid_to, date '9999-12-31')

),

judged as (

    select
        message_sends.*,
        listed.message_send_key is not null or coalesce(
            {{ seconds_between('message_sends.sent_at', 'message_sends.clicked_at') }}
            between 0 and machine_clicks.seconds_after_send,
            false
        ) as clicked_by_machine
    from message_sends
    cross join machine_clicks
    left join listed
        on message_sends.message_send_key = listed.message_send_key

),

final as (

    select
        message_sends.message_send_key,

        coalesce(message_sends.known_person_key, {{ unknown_key('person') }}) as person_key,
        coalesce(campaigns.campaign_key, {{ unknown_key('campaign') }}) as campaign_key,
        coalesce(content_assets.content_asset_key, {{ unknown_key('content_asset') }})
            as content_asset_key,

        message_sends.source_system,
        message_sends.source_instance,
        message_sends.source_id,
        message_sends.programme,
        message_sends.rule,

        message_sends.is_delivered as delivered,
        message_sends.clicked_at is not null and not message_sends.clicked_by_machine as clicked,
        message_sends.clicked_by_machine,
        message_sends.unsubscribed_at is not null as unsubscribed,

        message_sends.sent_date,
        message_sends.clicked_date,
        message_sends.unsubscribed_date,

        message_sends.sent_at,
        message_sends.clicked_at,
        message_sends.unsubscribed_at
    from judged as message_sends
    left join campaigns
        on message_sends.campaign_key = campaigns.campaign_key
    left join content_assets
        on message_sends.content_asset_key = content_assets.content_asset_key

)

select * from final
