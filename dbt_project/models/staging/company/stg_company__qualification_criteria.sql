-- Grain: one row per criterion of a stage (stage, field, operator).
with source as (

    select * from {{ source('rules', 'qualification_criterion') }}

),

final as (

    select
        stage,
        field,
        operator,
        value
    from source

)

select * from final
