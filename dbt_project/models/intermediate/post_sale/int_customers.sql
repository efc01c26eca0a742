-- Grain: one row per customer (parent_account_key).
-- Why: after the sale begins with the first sale: the first won opportunity, or the first day of a
-- subscription that no opportunity of ours sold.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_reportable and is_won

),

subscription_months as (

    select * from {{ ref('fct_subscription_month') }}
    where is_reportable

),

account_parents as (

    select * from {{ ref('int_account_parents') }}

),

begun as (

    select
        account_key,
        close_date as begun_date
    from opportunities
    union all
    select
        account_key,
        subscription_start_date as begun_date
    from subscription_months

),

final as (

    select
        account_parents.parent_account_key,

        min(begun.begun_date) as customer_from_date
    from begun
    inner join account_parents
        on begun.account_key = account_parents.account_key
    where
        begun.begun_date <= {{ as_of_date() }}
        and account_parents.parent_account_key <> {{ unknown_key('account') }}
    group by account_parents.parent_account_key

)

select * from final
