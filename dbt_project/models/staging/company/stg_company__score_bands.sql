-- Grain: one row per band of the score (score_band).
with source as (

    select * from {{ source('rules', 'score_band') }}

),

final as (

    select
        band as score_band,
        band_order,
        at_least
    from source

)

select * from final
