-- Grain: one row per touch of a source (source_instance, touch_id).
-- Why: nearly every touch is delivered once, so only those that are not are sorted. The source
-- is named three times because a CTE that is read twice is written out first, wide as it is.
with repeated as (

    select
        _source_name,
        touch_id
    from {{ source('raw_file_drop', 'touches') }}
    group by _source_name, touch_id
    having count(*) > 1

),

delivered_once as (

    select deliveries.*
    from {{ source('raw_file_drop', 'touches') }} as deliveries
    left join repeated
        on
            deliveries._source_name = repeated._source_name
            and deliveries.touch_id = repeated.touch_id
    where repeated.touch_id is null

),

newest as (

    select deliveries.*
    from {{ source('raw_file_drop', 'touches') }} as deliveries
    inner join repeated
        on
            deliveries._source_name = repeated._source_name
            and deliveries.touch_id = repeated.touch_id
    qualify row_number() over (
        partition by deliveries._source_name, deliveries.touch_id
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
        touch_id,
        touched_at,
        touch_type,
        anonymous_id,
        person_id,
        lead_id,
        {{ email_hash('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        account_id,
        campaign_id,
        content_asset_id,
        session_id,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer,
        landing_page,
        click_id_type,
        source_field,
        user_agent,
        ip_address,
        has_consent,
        attributes
    from unioned

)

select * from final
