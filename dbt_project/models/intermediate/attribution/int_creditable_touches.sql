-- Grain: one row per touch that may earn credit in some journey (touch_key).
-- Why: what no journey counts is left out once for all of them.
with touches as (

    select * from {{ ref('fct_touch') }}
    where is_attributable

),

channels as (

    select * from {{ ref('dim_channel') }}

),

exclusions as (

    select * from {{ ref('stg_company__attribution_exclusions') }}

),

sources as (

    select * from {{ ref('stg_company__attribution_sources') }}

),

final as (

    select
        touches.touch_key,
        touches.person_key,
        touches.channel_key,
        touches.campaign_key,
        touches.session_key,
        sources.priority as source_priority,
        direct.field_value is not null as is_direct,
        touches.touched_date,
        touches.touched_at
    from touches
    left join channels
        on touches.channel_key = channels.channel_key
    left join exclusions as direct
        on channels.channel_name = direct.field_value and direct.field_name = 'direct_channel'
    left join exclusions as channel_exclusions
        on
            channels.channel_name = channel_exclusions.field_value
            and channel_exclusions.field_name = 'channel'
    left join exclusions as type_exclusions
        on
            touches.touch_type = type_exclusions.field_value
            and type_exclusions.field_name = 'touch_type'
    left join sources
        on touches.source_instance = sources.source_name
    where channel_exclusions.field_value is null and type_exclusions.field_value is null

)

select * from final
