-- Grain: one row per component, day and dimensions of what customers brought since they began (component, component_date, channel_name, team, segment, region, product_name).
-- Why: all that a customer paid so far counts on the day it began, for as long as a customer is taken
-- to stay: its yearly amount for each month at whose end it paid. The twelve to divide by stands in
-- the other part, so that no cent is lost to thirds.
with customers as (

    select * from {{ ref('int_customers') }}

),

recurring_months as (

    select * from {{ ref('int_recurring_months') }}
    where is_closed

),

accounts as (

    select * from {{ ref('dim_account') }}

),

paid as (

    select
        customers.parent_account_key,
        customers.customer_from_date,
        recurring_months.recurring_amount
    from customers
    inner join recurring_months
        on
            customers.parent_account_key = recurring_months.parent_account_key
            and recurring_months.subscription_month
            >= {{ first_of_month('customers.customer_from_date') }}
            and recurring_months.subscription_month
            < {{ add_months(
                first_of_month('customers.customer_from_date'),
                var('customer_lifetime_months'),
            ) }}

),

parts as (

    select
        'cohort_yearly_amounts' as component,
        parent_account_key,
        recurring_amount as quantity,
        customer_from_date as component_date
    from paid
    union all
    select
        'cohort_customers_by_twelve' as component,
        parent_account_key,
        12 as quantity,
        customer_from_date as component_date
    from customers

),

final as (

    select
        parts.component,
        'unknown' as channel_name,
        'unknown' as team,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(accounts.region, 'unknown') as region,
        'unknown' as product_name,

        cast(sum(parts.quantity) as decimal(38, 6)) as quantity,

        parts.component_date
    from parts
    left join accounts
        on parts.parent_account_key = accounts.account_key
    group by
        parts.component,
        coalesce(accounts.segment, 'unknown'),
        coalesce(accounts.region, 'unknown'),
        parts.component_date

)

select * from final
