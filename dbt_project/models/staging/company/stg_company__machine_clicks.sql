-- Grain: one row: how fast a machine clicks; NULL where the company has no such rule.
with source as (

    select * from {{ source('rules', 'machine_click') }}

),

final as (

    select
        seconds_after_send,
        burst_clicks,
        burst_seconds
    from source

)

select * from final
