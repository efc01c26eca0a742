-- Grain: one row per component of a version of a pay plan (component_key).
with components as (

    select * from {{ ref('stg_company__plan_components') }}

),

versions as (

    select * from {{ ref('stg_company__plan_versions') }}

),

final as (

    select
        {{ surrogate_key([
            'components.plan', 'components.plan_version', 'components.component'
        ]) }} as component_key,

        components.plan,
        versions.plan_label,
        components.component,
        components.component_label,
        components.clause,
        components.component_kind,
        components.measure,
        components.kpi,
        components.kpi_of,
        components.credit_type,
        components.credited_to,
        components.method,
        components.component_scope,
        components.frequency,
        case components.frequency
            when 'monthly' then 'month'
            when 'quarterly' then 'quarter'
            else 'year'
        end as period_grain,
        components.measured_in,
        components.quota_measure,
        components.cap_per,
        components.cap_excess,
        components.clawback_method,
        components.held_until,
        components.pool_shared_by,
        components.pool_team,
        components.fx_date,
        versions.approved_by,

        components.plan_version,
        components.component_order,
        components.cap_amount,
        components.weight,
        components.goal,
        components.achievement_decimals,
        components.clawback_within_months,
        components.clawback_term_months,
        components.held_share,
        components.held_months,

        components.counts_every_type,
        components.counts_part,

        versions.approved_date,
        components.counted_from,
        components.counted_to,
        versions.valid_from,
        versions.valid_to
    from components
    inner join versions
        on
            components.plan = versions.plan
            and components.plan_version = versions.plan_version

)

select * from final
