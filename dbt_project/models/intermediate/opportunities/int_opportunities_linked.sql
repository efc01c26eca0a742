-- Grain: one row per opportunity (opportunity_key).
-- Why: a key that no delivered row has is "named none"; records of internal, competing or test
-- accounts are excluded with them.
with opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

campaigns as (

    select * from {{ ref('conformed_campaigns') }}

),

products as (

    select * from {{ ref('conformed_products') }}

),

employees as (

    select employee_key from {{ ref('conformed_employees') }}
    group by employee_key

),

keyed as (

    select
        opportunities.opportunity_key,
        coalesce(accounts.account_key, {{ unknown_key('account') }}) as account_key,
        owners.employee_key as owner_employee_key,
        sdrs.employee_key as sdr_employee_key,
        campaigns.campaign_key,
        products.product_key,

        coalesce(
            opportunities.exclusion_reason,
            {{ inherited_exclusion('accounts.exclusion_reason') }}
        ) as exclusion_reason
    from opportunities
    left join accounts
        on opportunities.account_key = accounts.account_key
    left join employees as owners
        on opportunities.owner_employee_key = owners.employee_key
    left join employees as sdrs
        on opportunities.sdr_employee_key = sdrs.employee_key
    left join campaigns
        on opportunities.campaign_key = campaigns.campaign_key
    left join products
        on opportunities.product_key = products.product_key

),

final as (

    select
        *,
        exclusion_reason is null as is_reportable
    from keyed

)

select * from final
