-- Grain: one row per funnel stage or side state, and one for unmapped statuses (stage_key).
with stages as (

    select * from {{ ref('stg_company__stages') }}

),

unioned as (

    select
        stage,
        stage_label as stage_name,
        case when is_side_state then 'side_state' else 'funnel' end as stage_group,
        owner_function,
        description,
        stage_order,
        is_side_state
    from stages
    union all
    select
        'unmapped' as stage,
        'Unmapped' as stage_name,
        'unmapped' as stage_group,
        cast(null as varchar) as owner_function,
        'A status that no rule of funnel.yml maps to a stage.' as description,
        cast(null as integer) as stage_order,
        false as is_side_state

),

final as (

    select
        {{ surrogate_key(['stage']) }} as stage_key,

        stage,
        stage_name,
        stage_group,
        owner_function,
        description,

        stage_order,

        is_side_state
    from unioned

)

select * from final
