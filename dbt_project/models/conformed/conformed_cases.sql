-- Grain: one row per support case (case_key).
with cases as (

    select * from {{ ref('stg_file_drop__cases') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'cases.source_system', 'cases.source_instance', 'cases.case_id'
        ]) }} as case_key,
        {{ reference_key('reference_origins.accounts_origin', 'cases.account_id') }}
            as account_key,
        {{ reference_key('reference_origins.people_origin', 'cases.person_id') }}
            as person_record_key,

        cases.source_system,
        cases.source_instance,
        cases.case_id as source_id,
        coalesce({{ normalised('cases.kind') }}, 'unknown') as kind,

        {{ company_date('cases.opened_at') }} as opened_date,
        {{ company_date('cases.resolved_at') }} as resolved_date,

        cases.opened_at,
        cases.resolved_at
    from cases
    left join reference_origins
        on cases.source_instance = reference_origins.source_name

)

select * from final
