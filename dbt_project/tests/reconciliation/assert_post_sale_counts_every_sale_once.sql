-- Fails when the sales in rpt_post_sale do not add up to the won opportunities of customers after
-- their first sale and those that came by a referral.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where
        is_reportable
        and is_won
        and close_date <= {{ as_of_date() }}

),

referred as (

    select opportunity_key from {{ ref('fct_referral') }}
    where is_reportable and opportunity_key is not null
    group by opportunity_key

),

expected as (

    select
        count(*) as won_count,
        coalesce(sum(opportunities.amount), 0) as won_amount
    from opportunities
    inner join {{ ref('int_account_parents') }} as account_parents
        on opportunities.account_key = account_parents.account_key
    inner join {{ ref('int_customers') }} as customers
        on account_parents.parent_account_key = customers.parent_account_key
    left join referred
        on opportunities.opportunity_key = referred.opportunity_key
    where
        opportunities.close_date > customers.customer_from_date
        or referred.opportunity_key is not null

),

published as (

    select
        coalesce(sum(won_count), 0) as won_count,
        coalesce(sum(won_amount), 0) as won_amount
    from {{ ref('rpt_post_sale') }}

)

select
    expected.won_count,
    published.won_count as published_count,
    expected.won_amount,
    published.won_amount as published_amount
from expected
cross join published
where
    expected.won_count <> published.won_count
    or expected.won_amount <> published.won_amount
