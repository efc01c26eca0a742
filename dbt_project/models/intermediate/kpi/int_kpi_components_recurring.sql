-- Grain: one row per component, day and dimensions of recurring revenue (component, component_date, channel_name, team, segment, region, product_name).
-- Why: states at the end of each month that has ended. The base are the customers that paid twelve
-- months before, so nobody who came since is in it; capped, no customer counts for more than then.
with recurring_months as (

    select * from {{ ref('int_recurring_months') }}
    where is_closed

),

accounts as (

    select * from {{ ref('dim_account') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

months as (

    select
        month_start_date,
        max(date_day) as state_date
    from days
    group by month_start_date
    having max(date_day) <= {{ as_of_date() }}

),

then_and_now as (

    select
        parent_account_key,
        subscription_month,
        recurring_amount as now_amount,
        cast(null as decimal(18, 2)) as then_amount
    from recurring_months
    union all
    select
        parent_account_key,
        {{ add_months('subscription_month', 12) }} as subscription_month,
        cast(null as decimal(18, 2)) as now_amount,
        recurring_amount as then_amount
    from recurring_months

),

compared as (

    select
        then_and_now.parent_account_key,
        months.state_date,
        max(then_and_now.now_amount) as now_amount,
        max(then_and_now.then_amount) as then_amount
    from then_and_now
    inner join months
        on then_and_now.subscription_month = months.month_start_date
    group by
        then_and_now.parent_account_key,
        months.state_date

),

described as (

    select
        compared.*,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(accounts.region, 'unknown') as region
    from compared
    left join accounts
        on compared.parent_account_key = accounts.account_key

),

counted as (
    {% for component, quantity, condition in [
        ('arr', 'now_amount', 'now_amount is not null'),
        ('paying_customer_months', '12', 'now_amount is not null'),
        ('retention_base_amount', 'then_amount', 'then_amount > 0'),
        ('retention_amount', 'coalesce(now_amount, 0)', 'then_amount > 0'),
        (
            'retention_capped_amount',
            'least(coalesce(now_amount, 0), then_amount)',
            'then_amount > 0',
        ),
        ('retention_base_customers', '1', 'then_amount > 0'),
        ('retention_base_customer_months', '12', 'then_amount > 0'),
        (
            'retention_lost_customers',
            'case when now_amount is null then 1 else 0 end',
            'then_amount > 0',
        ),
        (
            'retention_customers',
            'case when now_amount is not null then 1 else 0 end',
            'then_amount > 0',
        ),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ component }}' as component,
        segment,
        region,
        cast(sum({{ quantity }}) as decimal(38, 6)) as quantity,
        state_date as component_date
    from described
    where {{ condition }}
    group by
        segment,
        region,
        state_date
    {%- endfor %}

),

final as (

    select
        component,
        'unknown' as channel_name,
        'unknown' as team,
        segment,
        region,
        'unknown' as product_name,

        quantity,

        component_date
    from counted

)

select * from final
