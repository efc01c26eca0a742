-- Grain: one row per component, day and dimensions of customers (component, component_date, channel_name, team, segment, region, product_name).
-- Why: what customers answer, whether new ones were onboarded, and who came by whom. Those who can
-- refer in a month are the customers that paid at the end of the one before.
with survey_responses as (

    select * from {{ ref('fct_survey_response') }}
    where is_reportable

),

customers as (

    select * from {{ ref('int_customers') }}

),

onboardings as (

    select * from {{ ref('int_customer_onboardings') }}

),

recurring_months as (

    select * from {{ ref('int_recurring_months') }}
    where is_closed

),

referrals as (

    select * from {{ ref('fct_referral') }}
    where is_reportable

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

account_parents as (

    select * from {{ ref('int_account_parents') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

-- First sales that somebody referred: one row per customer, however many referred it.
referred_customers as (

    select
        customers.parent_account_key,
        customers.customer_from_date
    from referrals
    inner join opportunities
        on referrals.opportunity_key = opportunities.opportunity_key
    inner join account_parents
        on opportunities.account_key = account_parents.account_key
    inner join customers
        on
            account_parents.parent_account_key = customers.parent_account_key
            and opportunities.close_date = customers.customer_from_date
    where opportunities.is_won and opportunities.is_reportable
    group by
        customers.parent_account_key,
        customers.customer_from_date

),

parts as (

    select
        'nps_answers' as component,
        account_key,
        1 as quantity,
        answered_date as component_date
    from survey_responses
    where kind = 'nps' and nps_category is not null
    union all
    select
        'nps_promoters_less_detractors' as component,
        account_key,
        case nps_category when 'promoter' then 1 when 'detractor' then -1 else 0 end as quantity,
        answered_date as component_date
    from survey_responses
    where kind = 'nps' and nps_category is not null
    union all
    select
        'csat_answers' as component,
        account_key,
        1 as quantity,
        answered_date as component_date
    from survey_responses
    where kind = 'csat' and score is not null
    union all
    select
        'csat_satisfied' as component,
        account_key,
        case when score >= {{ var('csat_satisfied_at_least') }} then 1 else 0 end as quantity,
        answered_date as component_date
    from survey_responses
    where kind = 'csat' and score is not null
    union all
    select
        'customers_begun' as component,
        parent_account_key as account_key,
        1 as quantity,
        customer_from_date as component_date
    from customers
    union all
    select
        'customers_onboarded' as component,
        parent_account_key as account_key,
        case
            when
                {{ days_between('customer_from_date', 'onboarded_date') }}
                <= {{ var('onboarding_window_days') }}
                then 1
            else 0
        end as quantity,
        customer_from_date as component_date
    from onboardings
    union all
    select
        'customers_by_referral' as component,
        parent_account_key as account_key,
        1 as quantity,
        customer_from_date as component_date
    from referred_customers
    union all
    select
        'customer_months' as component,
        parent_account_key as account_key,
        1 as quantity,
        {{ add_months('subscription_month', 1) }} as component_date
    from recurring_months

),

described as (

    select
        parts.component,
        parts.quantity,
        parts.component_date,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(accounts.region, 'unknown') as region
    from parts
    left join accounts
        on parts.account_key = accounts.account_key

),

final as (

    select
        component,
        'unknown' as channel_name,
        'unknown' as team,
        segment,
        region,
        'unknown' as product_name,

        cast(sum(quantity) as decimal(38, 6)) as quantity,

        component_date
    from described
    where component_date <= {{ as_of_date() }}
    group by
        component,
        segment,
        region,
        component_date

)

select * from final
