-- Grain: one row per objection of an employee to his or her pay (dispute_key).
with disputes as (

    select * from {{ ref('stg_file_drop__compensation_disputes') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'disputes.source_system', 'disputes.source_instance', 'disputes.dispute_id'
        ]) }} as dispute_key,
        {{ employee_key('disputes.employee_id') }} as employee_key,
        {{ reference_key('reference_origins.opportunities_origin', 'disputes.opportunity_id') }}
            as opportunity_key,

        disputes.source_system,
        disputes.source_instance,
        disputes.dispute_id as source_id,
        disputes.reason,
        {{ listed('disputes.resolution', ['accepted', 'rejected', 'withdrawn'], 'other') }}
            as resolution,

        disputes.period as period_start,
        disputes.raised_at,
        {{ company_date('disputes.raised_at') }} as raised_date,
        disputes.resolved_at,
        {{ company_date('disputes.resolved_at') }} as resolved_date
    from disputes
    left join reference_origins
        on disputes.source_instance = reference_origins.source_name

)

select * from final
