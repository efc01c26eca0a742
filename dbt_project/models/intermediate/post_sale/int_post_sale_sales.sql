-- Grain: one row per won opportunity that a customer bought or brought (opportunity_key).
-- Why: each sale belongs to one motion, or to none: a referral that it came by, else of what was
-- done in the days before it the closest act, else the last. So no sale is counted twice, however
-- many had a part in it.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where
        is_reportable
        and is_won
        and close_date <= {{ as_of_date() }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

account_parents as (

    select * from {{ ref('int_account_parents') }}

),

actions as (

    select * from {{ ref('int_post_sale_actions') }}
    where closeness is not null

),

stages as (

    select * from {{ ref('dim_stage') }}
    where stage = 'referred'

),

referrals as (

    select opportunity_key from {{ ref('fct_referral') }}
    where is_reportable and opportunity_key is not null
    group by opportunity_key

),

sales as (

    select
        opportunities.opportunity_key,
        account_parents.parent_account_key,
        opportunities.amount,
        opportunities.close_date,
        referrals.opportunity_key is not null as is_referred
    from opportunities
    inner join account_parents
        on opportunities.account_key = account_parents.account_key
    inner join customers
        on account_parents.parent_account_key = customers.parent_account_key
    left join referrals
        on opportunities.opportunity_key = referrals.opportunity_key
    where
        opportunities.close_date > customers.customer_from_date
        or referrals.opportunity_key is not null

),

closest as (

    select
        sales.opportunity_key,
        actions.business_function,
        actions.motion,
        actions.is_personal
    from sales
    inner join actions
        on
            sales.parent_account_key = actions.parent_account_key
            and sales.close_date >= actions.action_date
            and {{ days_between('actions.action_date', 'sales.close_date') }}
            <= {{ var('post_sale_window_days') }}
    where not sales.is_referred
    qualify row_number() over (
        partition by sales.opportunity_key
        order by actions.closeness asc, actions.action_at desc, actions.action_key asc
    ) = 1

),

final as (

    select
        sales.opportunity_key,
        sales.parent_account_key,

        case
            when sales.is_referred then coalesce(stages.owner_function, 'sales')
            else coalesce(closest.business_function, 'none')
        end as business_function,
        case
            when sales.is_referred then 'referral'
            else coalesce(closest.motion, 'no_action')
        end as motion,

        sales.amount,

        sales.is_referred or coalesce(closest.is_personal, false) as is_personal,

        sales.close_date
    from sales
    left join closest
        on sales.opportunity_key = closest.opportunity_key
    left join stages
        on sales.is_referred

)

select * from final
