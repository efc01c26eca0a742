-- Grain: one row per account, and one for the unknown account (account_key).
with accounts as (

    select * from {{ ref('conformed_accounts') }}

),

employees as (

    select * from {{ ref('dim_employee') }}

),

known as (

    select
        accounts.account_key,
        parents.account_key as parent_account_key,
        employees.employee_key as owner_employee_key,

        accounts.source_system,
        accounts.source_instance,
        accounts.source_id,
        accounts.account_name,
        accounts.domain,
        accounts.industry,
        accounts.segment,
        accounts.region,
        accounts.country,
        accounts.icp_tier,
        accounts.exclusion_reason,

        accounts.employee_count,
        accounts.annual_revenue,

        accounts.is_target_account,
        accounts.is_reportable,
        false as is_unknown,

        accounts.customer_since_date,
        accounts.created_date,

        accounts.created_at
    from accounts
    left join accounts as parents
        on accounts.parent_account_key = parents.account_key
    left join employees
        on accounts.owner_employee_key = employees.employee_key

),

unknown as (

    select
        {{ unknown_key('account') }} as account_key,
        cast(null as varchar) as parent_account_key,
        cast(null as varchar) as owner_employee_key,

        'company' as source_system,
        'company' as source_instance,
        '<unknown>' as source_id,
        'Unknown account' as account_name,
        cast(null as varchar) as domain,
        cast(null as varchar) as industry,
        cast(null as varchar) as segment,
        cast(null as varchar) as region,
        cast(null as varchar) as country,
        cast(null as varchar) as icp_tier,
        cast(null as varchar) as exclusion_reason,

        cast(null as bigint) as employee_count,
        cast(null as decimal(18, 6)) as annual_revenue,

        false as is_target_account,
        true as is_reportable,
        true as is_unknown,

        cast(null as date) as customer_since_date,
        cast(null as date) as created_date,

        cast(null as timestamp) as created_at

),

final as (

    select * from known
    union all
    select * from unknown

)

select * from final
