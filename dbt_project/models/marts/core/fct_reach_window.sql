-- Grain: one row per platform, entity and window (reach_window_key).
-- Why: people reached in one window are partly those of the next, so reach is never added up.
with reach_windows as (

    select * from {{ ref('conformed_reach_windows') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

final as (

    select
        reach_windows.reach_window_key,

        reach_windows.entity_key,
        coalesce(campaigns.campaign_key, {{ unknown_key('campaign') }}) as campaign_key,

        reach_windows.source_system,
        reach_windows.source_instance,
        reach_windows.platform,
        reach_windows.entity_type,
        reach_windows.entity_id,

        reach_windows.reach,
        reach_windows.frequency,
        cast(
            {{ days_between('reach_windows.window_start', 'reach_windows.window_end') }}
            as integer
        ) as window_days,

        reach_windows.window_start,
        reach_windows.window_end
    from reach_windows
    left join campaigns
        on reach_windows.campaign_key = campaigns.campaign_key

)

select * from final
