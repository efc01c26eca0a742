-- Grain: one row per amount of a plan version's draw (plan, plan_version, from_month).
with source as (

    select * from {{ source('rules', 'plan_draw') }}

),

final as (

    select
        plan,
        version as plan_version,
        kind as draw_kind,
        from_month,
        to_month,
        amount as draw_amount,
        recovered_share,
        forgiven_after_months
    from source

)

select * from final
