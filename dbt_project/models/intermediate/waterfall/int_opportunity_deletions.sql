-- Grain: one row per opportunity that was deleted while it was open (opportunity_key).
-- Why: it was pipeline until that day; one deleted after it was decided, or without a
-- date of deletion, never counts. Nor does a test, internal or competitor's account.
with opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

final as (

    select
        opportunities.opportunity_key,

        opportunities.deleted_date
    from opportunities
    left join accounts
        on opportunities.account_key = accounts.account_key
    where
        opportunities.exclusion_reason = 'deleted'
        and opportunities.is_open
        and opportunities.deleted_date <= {{ as_of_date() }}
        and {{ inherited_exclusion('accounts.exclusion_reason') }} is null

)

select * from final
