-- Grain: one row per customer and month in which its recurring revenue was or is not zero (parent_account_key, movement_month).
-- Why: every state is the end of its month and the beginning of the next, so begin and end cannot
-- disagree. Whether a customer is new, back or gone is a matter of all it pays; what it pays for
-- nets. Who comes back is a class of its own, not growth.
with recurring_months as (

    select * from {{ ref('int_recurring_months') }}

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
        max(date_day) <= {{ as_of_date() }} as is_closed
    from days
    where month_start_date <= {{ as_of_date() }}
    group by month_start_date

),

first_months as (

    select
        parent_account_key,
        min(subscription_month) as first_month
    from recurring_months
    group by parent_account_key

),

sides as (

    select
        parent_account_key,
        subscription_month as movement_month,
        0 as begin_amount,
        recurring_amount as end_amount
    from recurring_months
    union all
    select
        parent_account_key,
        {{ add_months('subscription_month', 1) }} as movement_month,
        recurring_amount as begin_amount,
        0 as end_amount
    from recurring_months

),

bridged as (

    select
        parent_account_key,
        movement_month,
        cast(sum(begin_amount) as decimal(18, 2)) as begin_amount,
        cast(sum(end_amount) as decimal(18, 2)) as end_amount,
        cast(sum(end_amount) - sum(begin_amount) as decimal(18, 2)) as difference
    from sides
    group by
        parent_account_key,
        movement_month

),

classed as (

    select
        bridged.*,
        months.is_closed,
        case
            when bridged.difference = 0 then 'none'
            when bridged.difference > 0 and bridged.begin_amount <> 0 then 'expansion'
            when bridged.difference > 0 and bridged.movement_month > first_months.first_month
                then 'reactivation'
            when bridged.difference > 0 then 'new'
            when bridged.end_amount = 0 then 'churn'
            else 'contraction'
        end as movement
    from bridged
    inner join first_months
        on bridged.parent_account_key = first_months.parent_account_key
    -- The shadow of the running month lies after it.
    inner join months
        on bridged.movement_month = months.month_start_date

),

final as (

    select
        classed.parent_account_key,

        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(accounts.region, 'unknown') as region,
        classed.movement,

        classed.begin_amount,
        {%- for movement in ['new', 'reactivation', 'expansion'] %}
        case when classed.movement = '{{ movement }}' then classed.difference else 0 end
            as {{ movement }}_amount,
        {%- endfor %}
        {%- for movement in ['contraction', 'churn'] %}
        case when classed.movement = '{{ movement }}' then -classed.difference else 0 end
            as {{ movement }}_amount,
        {%- endfor %}
        classed.end_amount,

        classed.is_closed,

        classed.movement_month
    from classed
    left join accounts
        on classed.parent_account_key = accounts.account_key

)

select * from final
