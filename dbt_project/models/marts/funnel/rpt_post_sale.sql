-- Grain: one row per month, function and motion after the sale (post_sale_month, business_function, motion).
-- Why: personal motions beside programmes, in the same columns. A sale stands in the month of its
-- close date under the one motion that it belongs to, so the table adds up to all sales to
-- customers; a sale that nothing led to is `no_action`.
with actions as (

    select * from {{ ref('int_post_sale_actions') }}

),

sales as (

    select * from {{ ref('int_post_sale_sales') }}

),

referrals as (

    select * from {{ ref('fct_referral') }}
    where
        is_reportable
        and referred_date <= {{ as_of_date() }}

),

account_parents as (

    select * from {{ ref('int_account_parents') }}

),

stages as (

    select * from {{ ref('dim_stage') }}
    where stage = 'referred'

),

-- What an action aims at: an offer at a sale, which is counted with the sales; a request at a
-- referral; everything else at an answer.
action_rows as (

    select
        {{ first_of_month('action_date') }} as post_sale_month,
        business_function,
        motion,
        is_personal,
        parent_account_key,
        1 as action_count,
        case
            when motion in ('upsell', 'cross_sell', 'referral_request') then 0
            when is_answered then 1
            else 0
        end as outcome_count,
        0 as won_count,
        cast(null as decimal(18, 2)) as won_amount
    from actions

),

given as (

    select
        referrals.referral_key,
        account_parents.parent_account_key,
        referrals.is_won,
        referrals.referred_date
    from referrals
    inner join account_parents
        on referrals.referrer_account_key = account_parents.account_key

),

referral_rows as (

    select
        {{ first_of_month('given.referred_date') }} as post_sale_month,
        coalesce(stages.owner_function, 'sales') as business_function,
        'referral' as motion,
        true as is_personal,
        given.parent_account_key,
        1 as action_count,
        case when given.is_won then 1 else 0 end as outcome_count,
        0 as won_count,
        cast(null as decimal(18, 2)) as won_amount
    from given
    left join stages
        on true

),

-- A referral is the outcome of the last request before it.
requested as (

    select
        given.referral_key,
        given.parent_account_key,
        given.referred_date,
        actions.business_function
    from given
    inner join actions
        on
            given.parent_account_key = actions.parent_account_key
            and given.referred_date >= actions.action_date
            and {{ days_between('actions.action_date', 'given.referred_date') }}
            <= {{ var('post_sale_window_days') }}
    where actions.motion = 'referral_request'
    qualify row_number() over (
        partition by given.referral_key
        order by actions.action_at desc, actions.action_key asc
    ) = 1

),

request_outcome_rows as (

    select
        {{ first_of_month('referred_date') }} as post_sale_month,
        business_function,
        'referral_request' as motion,
        true as is_personal,
        cast(null as varchar) as parent_account_key,
        0 as action_count,
        1 as outcome_count,
        0 as won_count,
        cast(null as decimal(18, 2)) as won_amount
    from requested

),

sale_rows as (

    select
        {{ first_of_month('close_date') }} as post_sale_month,
        business_function,
        motion,
        is_personal,
        cast(null as varchar) as parent_account_key,
        0 as action_count,
        case when motion in ('upsell', 'cross_sell') then 1 else 0 end as outcome_count,
        1 as won_count,
        amount as won_amount
    from sales

),

unioned as (
    {% for family in ['action', 'referral', 'request_outcome', 'sale'] %}
    {{ "union all" if not loop.first }}
    select * from {{ family }}_rows
    {%- endfor %}

),

final as (

    select
        business_function,
        motion,

        cast(sum(action_count) as bigint) as actions,  -- noqa: RF04
        count(distinct parent_account_key) as accounts,  -- noqa: RF04
        cast(sum(outcome_count) as bigint) as outcomes,
        cast(sum(won_count) as bigint) as won_count,
        cast(coalesce(sum(won_amount), 0) as decimal(18, 2)) as won_amount,

        bool_or(is_personal) as is_personal,

        post_sale_month
    from unioned
    group by
        post_sale_month,
        business_function,
        motion

)

select * from final
