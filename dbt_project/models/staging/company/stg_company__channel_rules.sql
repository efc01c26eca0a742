-- Grain: one row per channel rule (rule_order).
with source as (

    select * from {{ source('rules', 'channel_rule') }}

),

final as (

    select
        rule_order,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer_domain,
        click_id_type,
        source_field,
        channel_name,
        channel_group,
        business_function
    from source

)

select * from final
