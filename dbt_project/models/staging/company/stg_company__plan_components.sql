-- Grain: one row per component of a version of a pay plan (plan, plan_version, component).
with source as (

    select * from {{ source('rules', 'plan_component') }}

),

final as (

    select
        plan,
        version as plan_version,
        component,
        component_label,
        clause,
        kind as component_kind,
        measure,
        kpi,
        credit_type,
        credited_to,
        method,
        scope as component_scope,
        frequency,
        measured_in,
        quota_measure,
        cap_per,
        fx_date,
        cap_amount,
        weight,
        goal,
        achievement_decimals,
        counts_every_type,
        counts_part,
        component_order,
        counted_from,
        counted_to,
        cap_excess,
        clawback_method,
        clawback_within_months,
        clawback_term_months,
        held_share,
        held_until,
        held_months,
        pool_shared_by,
        pool_team,
        kpi_of
    from source

)

select * from final
