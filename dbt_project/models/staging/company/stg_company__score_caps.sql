-- Grain: one row when the company scores its leads, else none (fit_cap).
with source as (

    select * from {{ source('rules', 'score_cap') }}

),

final as (

    select
        fit_cap,
        engagement_cap
    from source

)

select * from final
