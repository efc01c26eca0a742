-- Grain: one row per customer that a won opportunity made one (parent_account_key).
-- Why: what Marketing and Sales spent on is the first sale to a customer, not to each subsidiary; a
-- customer that had a subscription before was not won by it. Paid is a channel that media money was
-- ever spent on.
with customers as (

    select * from {{ ref('int_customers') }}

),

account_parents as (

    select * from {{ ref('int_account_parents') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_reportable and is_won

),

channels as (

    select * from {{ ref('dim_channel') }}

),

ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

media_costs as (

    select * from {{ ref('int_kpi_media_costs') }}
    where is_counted

),

paid_channels as (

    select channel_key from ad_performance
    union
    select channel_key from media_costs

),

first_sales as (

    select
        customers.parent_account_key,
        customers.customer_from_date,
        opportunities.channel_key
    from customers
    inner join account_parents
        on customers.parent_account_key = account_parents.parent_account_key
    inner join opportunities
        on
            account_parents.account_key = opportunities.account_key
            and customers.customer_from_date = opportunities.close_date
    qualify row_number() over (
        partition by customers.parent_account_key
        order by opportunities.opportunity_key
    ) = 1

),

final as (

    select
        first_sales.parent_account_key,

        coalesce(channels.channel_name, 'unknown') as channel_name,

        paid_channels.channel_key is not null as is_paid,

        first_sales.customer_from_date
    from first_sales
    left join channels
        on first_sales.channel_key = channels.channel_key
    left join paid_channels
        on first_sales.channel_key = paid_channels.channel_key

)

select * from final
