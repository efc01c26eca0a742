-- Grain: one row: what makes changes of status a load.
with source as (

    select * from {{ source('rules', 'bulk_change') }}

),

final as (

    select
        at_least,
        times_usual
    from source

)

select * from final
