-- Grain: one row per assignment of a payee and component of a version of its plan (assignment_key, component_key).
-- Why: valid while the assignment, the version and the component's own days all are.
with assignments as (

    select * from {{ ref('comp_assignment') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

final as (

    select
        assignments.assignment_key,
        components.component_key,
        assignments.payee_key,

        assignments.currency_code,
        components.plan,
        components.component,
        components.measure,
        components.kpi,
        components.kpi_of,
        components.credit_type,
        components.credited_to,
        components.method,
        components.component_scope,
        components.period_grain,
        components.measured_in,
        components.quota_measure,
        components.cap_per,
        components.cap_excess,
        components.clawback_method,
        components.fx_date,

        components.plan_version,
        assignments.target_amount,
        components.cap_amount,
        components.weight,
        components.goal,
        components.achievement_decimals,
        components.clawback_within_months,
        components.clawback_term_months,

        components.counts_every_type,
        components.counts_part,

        greatest(
            assignments.valid_from,
            components.valid_from,
            coalesce(components.counted_from, components.valid_from)
        ) as valid_from,
        least(
            coalesce(assignments.valid_to, date '9999-12-31'),
            coalesce(components.valid_to, date '9999-12-31'),
            coalesce(components.counted_to, date '9999-12-31')
        ) as valid_to
    from assignments
    inner join components
        on
            assignments.plan = components.plan
            and assignments.valid_from
            < coalesce(components.valid_to, date '9999-12-31')
            and components.valid_from
            < coalesce(assignments.valid_to, date '9999-12-31')
            and assignments.valid_from
            < coalesce(components.counted_to, date '9999-12-31')
            and coalesce(components.counted_from, components.valid_from)
            < coalesce(assignments.valid_to, date '9999-12-31')
            and coalesce(components.counted_from, components.valid_from)
            < coalesce(components.valid_to, date '9999-12-31')
            and components.valid_from < coalesce(components.counted_to, date '9999-12-31')

)

select * from final
