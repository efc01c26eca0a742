-- Grain: one row per funnel stage (stage).
with source as (

    select * from {{ source('rules', 'stage') }}

),

final as (

    select
        stage,
        stage_label,
        stage_order,
        owner_function,
        is_side_state,
        description
    from source

)

select * from final
