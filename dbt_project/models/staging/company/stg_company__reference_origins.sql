-- Grain: one row per source: which source its references to each entity belong to (source_name).
with source as (

    select * from {{ source('rules', 'reference_origin') }}

),

final as (

    select
        source_name,
        accounts_origin,
        activities_origin,
        ad_spend_origin,
        brand_metrics_origin,
        campaigns_origin,
        cases_origin,
        compensation_disputes_origin,
        compensation_overrides_origin,
        content_assets_origin,
        content_performance_origin,
        costs_origin,
        employee_absences_origin,
        employees_origin,
        feedback_origin,
        invoices_origin,
        lead_history_origin,
        leads_origin,
        message_sends_origin,
        opportunities_origin,
        opportunity_contact_roles_origin,
        opportunity_history_origin,
        opportunity_lines_origin,
        opportunity_splits_origin,
        payments_origin,
        payroll_returns_origin,
        people_origin,
        plan_assignments_origin,
        products_origin,
        quotas_origin,
        reach_windows_origin,
        record_merges_origin,
        referrals_origin,
        refunds_origin,
        subscriptions_origin,
        surveys_origin,
        targets_origin,
        touches_origin
    from source

)

select * from final
