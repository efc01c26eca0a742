-- Grain: one row per engagement rule (rule_order).
with source as (

    select * from {{ source('rules', 'engagement_rule') }}

),

final as (

    select
        rule as engagement_rule,
        rule_order,
        touch_type,
        channel_name,
        content_type,
        points,
        half_life_days
    from source

)

select * from final
