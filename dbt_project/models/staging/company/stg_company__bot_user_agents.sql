-- Grain: one row per pattern of user agents of machines (user_agent_pattern).
with source as (

    select * from {{ source('rules', 'bot_user_agent') }}

),

final as (

    select user_agent_pattern
    from source

)

select * from final
