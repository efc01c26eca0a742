-- Grain: one row per user agent that touches carry (user_agent).
-- Why: the patterns of funnel.yml are tried once per user agent, not once per touch.
with touches as (

    select * from {{ ref('conformed_touches') }}

),

bot_user_agents as (

    select * from {{ ref('stg_company__bot_user_agents') }}

),

occurring as (

    select
        user_agent,
        count(*) as touch_count
    from touches
    where user_agent is not null
    group by user_agent

),

patterns as (

    select {{ like_pattern('user_agent_pattern') }} as user_agent_like
    from bot_user_agents

),

matched as (

    select
        occurring.user_agent,
        count(patterns.user_agent_like) as pattern_count
    from occurring
    left join patterns
        on lower(trim(occurring.user_agent)) like patterns.user_agent_like escape '!'
    group by occurring.user_agent

),

final as (

    select
        occurring.user_agent,

        occurring.touch_count,

        matched.pattern_count > 0 as is_bot
    from occurring
    inner join matched
        on occurring.user_agent = matched.user_agent

)

select * from final
