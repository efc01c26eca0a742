-- Grain: one row per touch from or to an address that the company lists as a machine's (touch_key).
-- Why: a filter of the recipients' mail that waits a while before it clicks is known by where it
-- sits alone. Networks and patterns are tried once per value that occurs, not once per touch; an
-- address counts on the days on which it is listed.
with touches as (

    select * from {{ ref('conformed_touches') }}

),

addresses as (

    select
        *,
        coalesce(valid_to, date '9999-12-31') as ends_date
    from {{ ref('stg_company__machine_addresses') }}

),

networks as (

    select * from addresses
    where address_kind = 'network'

),

patterns as (

    select
        {{ like_pattern('address') }} as user_agent_like,
        valid_from,
        ends_date
    from addresses
    where address_kind = 'user_agent'

),

calling as (

    select
        ip_address,
        {{ sortable_address('ip_address') }} as sortable_address
    from touches
    where ip_address is not null
    group by ip_address

),

browsing as (

    select user_agent
    from touches
    where user_agent is not null
    group by user_agent

),

listed_callers as (

    select
        calling.ip_address,
        networks.valid_from,
        networks.ends_date
    from calling
    inner join networks
        on calling.sortable_address between networks.first_address and networks.last_address

),

listed_agents as (

    select
        browsing.user_agent,
        patterns.valid_from,
        patterns.ends_date
    from browsing
    inner join patterns
        on lower(trim(browsing.user_agent)) like patterns.user_agent_like escape '!'

),

listed as (

    select touches.touch_key
    from touches
    inner join listed_callers
        on
            touches.ip_address = listed_callers.ip_address
            and touches.touched_date >= listed_callers.valid_from
            and touches.touched_date < listed_callers.ends_date
    union all
    select touches.touch_key
    from touches
    inner join listed_agents
        on
            touches.user_agent = listed_agents.user_agent
            and touches.touched_date >= listed_agents.valid_from
            and touches.touched_date < listed_agents.ends_date
    union all
    select touches.touch_key
    from touches
    inner join addresses
        on
            addresses.address_kind = 'email'
            and touches.email_hash = addresses.email_hash
            and touches.touched_date >= addresses.valid_from
            and touches.touched_date < addresses.ends_date
    union all
    select touches.touch_key
    from touches
    inner join addresses
        on
            addresses.address_kind = 'email_domain'
            and touches.email_domain = addresses.address
            and touches.touched_date >= addresses.valid_from
            and touches.touched_date < addresses.ends_date

),

final as (

    select distinct touch_key
    from listed

)

select * from final
