-- Grain: one row per support case (case_key).
with cases as (

    select * from {{ ref('stg_file_drop__cases') }}

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'cases.source_system', 'cases.source_instance', 'cases.case_id'
        ]) }} as case_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'cases.account_id'
        ) }} as account_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'cases.person_id'
        ) }} as person_record_key,

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
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'cases.account_id'
        ) }}
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'cases.person_id'
        ) }}

)

select * from final
