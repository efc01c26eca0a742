-- Grain: one row per account of a source (account_key).
-- Why: an account that was merged is a double; all that names it leads to the survivor.
with accounts as (

    select * from {{ ref('stg_file_drop__accounts') }}

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

internal_domains as (

    select * from {{ ref('stg_company__internal_domains') }}

),

keyed as (

    select
        {{ surrogate_key([
            'accounts.source_system', 'accounts.source_instance', 'accounts.account_id'
        ]) }} as account_key,
        nullif(
            {{ surviving_key(
                'account_aliases',
                'reference_origins.accounts_origin',
                'accounts.parent_account_id',
            ) }},
            {{ surrogate_key([
                'accounts.source_system', 'accounts.source_instance', 'accounts.account_id'
            ]) }}
        ) as parent_account_key,
        {{ employee_key('accounts.owner_employee_id') }} as owner_employee_key,

        accounts.source_system,
        accounts.source_instance,
        accounts.account_id as source_id,
        coalesce(accounts.account_name, accounts.account_id) as account_name,
        lower(accounts.domain) as domain,
        accounts.industry,
        accounts.segment,
        accounts.region,
        accounts.country,
        accounts.icp_tier,
        accounts.attributes,

        accounts.employee_count,
        accounts.annual_revenue,

        accounts.is_target_account,
        case
            when accounts.is_deleted then 'deleted'
            when accounts.is_test then 'test'
            when accounts.is_competitor then 'competitor'
            when merged_records.losing_key is not null then 'duplicate'
            when internal_domains.domain is not null then 'internal'
        end as exclusion_reason,

        accounts.customer_since_date,
        {{ company_date('accounts.created_at') }} as created_date,

        accounts.created_at
    from accounts
    left join reference_origins
        on accounts.source_instance = reference_origins.source_name
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'accounts.parent_account_id'
        ) }}
    left join account_aliases as merged_records
        on
            {{ surrogate_key([
                'accounts.source_system', 'accounts.source_instance', 'accounts.account_id'
            ]) }} = merged_records.losing_key
    left join internal_domains
        on lower(accounts.domain) = internal_domains.domain

),

final as (

    select
        *,
        exclusion_reason is null as is_reportable
    from keyed

)

select * from final
