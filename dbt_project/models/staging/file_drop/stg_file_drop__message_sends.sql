-- Grain: one row per message and recipient of a source (source_instance, message_send_id).
-- Why: nearly every message is delivered once, so only those that are not are sorted. The source
-- is named three times because a CTE that is read twice is written out first, wide as it is.
with repeated as (

    select
        _source_name,
        message_send_id
    from {{ source('raw_file_drop', 'message_sends') }}
    group by _source_name, message_send_id
    having count(*) > 1

),

delivered_once as (

    select deliveries.*
    from {{ source('raw_file_drop', 'message_sends') }} as deliveries
    left join repeated
        on
            deliveries._source_name = repeated._source_name
            and deliveries.message_send_id = repeated.message_send_id
    where repeated.message_send_id is null

),

newest as (

    select deliveries.*
    from {{ source('raw_file_drop', 'message_sends') }} as deliveries
    inner join repeated
        on
            deliveries._source_name = repeated._source_name
            and deliveries.message_send_id = repeated.message_send_id
    qualify row_number() over (
        partition by deliveries._source_name, deliveries.message_send_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

unioned as (

    select * from delivered_once
    union all
    select * from newest

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        message_send_id,
        sent_at,
        programme,
        rule,
        campaign_id,
        content_asset_id,
        person_id,
        lead_id,
        {{ email_hash('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        is_delivered,
        clicked_at,
        unsubscribed_at,
        attributes
    from unioned

)

select * from final
