-- Grain: one row: the caps of the scores; none for a company that scores nothing.
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
