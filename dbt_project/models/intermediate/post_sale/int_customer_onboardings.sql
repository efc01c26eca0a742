-- Grain: one row per customer that was onboarded (parent_account_key).
-- Why: the first of stage `onboarded` and an onboarding activity that the customer answered, on the
-- day of its first sale or later; an invitation that nobody answered onboards nobody.
with customers as (

    select * from {{ ref('int_customers') }}

),

account_parents as (

    select * from {{ ref('int_account_parents') }}

),

activities as (

    select * from {{ ref('fct_activity') }}
    where
        purpose = 'onboarding'
        and direction = 'two_way'
        and is_human

),

person_stages as (

    select * from {{ ref('fct_person_stage') }}
    where
        stage = 'onboarded'
        and not is_skipped

),

persons as (

    select * from {{ ref('dim_person') }}

),

events as (

    select
        account_key,
        occurred_date as onboarded_date
    from activities
    union all
    select
        persons.account_key,
        person_stages.reached_date as onboarded_date
    from person_stages
    inner join persons
        on person_stages.person_key = persons.person_key

),

final as (

    select
        customers.parent_account_key,

        customers.customer_from_date,
        min(events.onboarded_date) as onboarded_date
    from customers
    inner join account_parents
        on customers.parent_account_key = account_parents.parent_account_key
    inner join events
        on
            account_parents.account_key = events.account_key
            and customers.customer_from_date <= events.onboarded_date
    where events.onboarded_date <= {{ as_of_date() }}
    group by
        customers.parent_account_key,
        customers.customer_from_date

)

select * from final
