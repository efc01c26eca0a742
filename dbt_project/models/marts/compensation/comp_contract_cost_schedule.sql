-- Grain: one row per capitalised cost of a contract and month of its period of benefit (contract_cost_key, period).
-- Why: equal rounded months, the last takes what is left. A refund writes its share off, the
-- end of the customer's subscriptions all of it. Later costs of the deal catch up.
with costs as (

    select * from {{ ref('int_comp_contract_costs') }}
    where is_capitalised

),

events as (

    select * from {{ ref('comp_event') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

subscription_months as (

    select * from {{ ref('fct_subscription_month') }}

),

numbers as (

    -- More months than payroll.yml allows.
    {{ numbers_up_to(1024) }}

),

ended as (

    select
        account_key,
        {{ add_months('max(subscription_month)', 1) }} as period
    from subscription_months
    where recurring_amount > 0
    group by account_key

),

refunds as (

    select
        reverses_event_key as root_event_key,
        {{ first_of_month('credit_date') }} as period,
        sum(-1 * amount) as amount
    from events
    where reverses_event_key is not null
    group by
        reverses_event_key,
        {{ first_of_month('credit_date') }}

),

assets as (

    select
        costs.contract_cost_key,
        costs.root_event_key,
        costs.benefit_months,
        costs.start_period,
        events.amount as deal_amount,
        case
            when ended.period > costs.start_period and ended.period <= {{ as_of_date() }}
                then ended.period
        end as end_period
    from costs
    inner join events
        on costs.root_event_key = events.event_key
    left join opportunities
        on events.opportunity_key = opportunities.opportunity_key
    left join ended
        on opportunities.account_key = ended.account_key
    group by
        costs.contract_cost_key,
        costs.root_event_key,
        costs.benefit_months,
        costs.start_period,
        events.amount,
        ended.period

),

asset_months as (

    select
        assets.*,
        numbers.generated_number as month_number,
        {{ add_months('assets.start_period', 'cast(numbers.generated_number as integer) - 1') }}
            as period
    from assets
    inner join numbers
        on assets.benefit_months >= numbers.generated_number

),

-- A refund may be dated before the first cost of its deal is borne.
moved as (

    select
        asset_months.*,
        coalesce(costs.cost_amount, 0) as addition_amount,
        sum(coalesce(costs.cost_amount, 0)) over so_far as cost_amount,
        sum(coalesce(refunds.amount, 0)) over so_far as refunded_amount
    from asset_months
    left join costs
        on
            asset_months.contract_cost_key = costs.contract_cost_key
            and asset_months.period = costs.period
    left join refunds
        on
            asset_months.root_event_key = refunds.root_event_key
            and asset_months.period = greatest(refunds.period, asset_months.start_period)
    window so_far as (
        partition by asset_months.contract_cost_key
        order by asset_months.month_number
        rows between unbounded preceding and current row
    )

),

-- In whole cents: of a month's cost, and of a share, no two roundings can differ.
counted as (

    select
        *,
        cast(cost_amount * 100 as bigint) as cost_cents
    from moved

),

shared as (

    select
        *,
        case
            when
                end_period <= period
                or (refunded_amount > 0 and deal_amount <= refunded_amount)
                then 0
            when refunded_amount = 0 then 1
            else coalesce({{ exact_share('1', 'deal_amount - refunded_amount', 'deal_amount') }}, 1)
        end as kept_share,
        cast(
            case
                when month_number >= benefit_months then 0
                else
                    cost_cents
                    - month_number * cast(sign(cost_cents) as bigint)
                    * {{ rounded_share('abs(cost_cents)', '1', 'benefit_months') }}
            end as decimal(18, 0)
        ) * cast(0.01 as decimal(3, 2)) as unamortised_amount
    from counted

),

followed as (

    select
        *,
        coalesce(lag(kept_share) over asset, 1) as kept_share_before
    from shared
    window asset as (partition by contract_cost_key order by month_number)

),

valued as (

    select
        *,
        cast(
            case
                when kept_share = 1 then unamortised_amount
                else round(unamortised_amount * kept_share, 2)
            end as decimal(18, 2)
        ) as closing_amount,
        cast(
            case
                when kept_share_before = 1 then unamortised_amount
                else round(unamortised_amount * kept_share_before, 2)
            end as decimal(18, 2)
        ) as before_impairment
    from followed

),

opened as (

    select
        *,
        coalesce(lag(closing_amount) over asset, 0) as opening_amount
    from valued
    window asset as (partition by contract_cost_key order by month_number)

),

final as (

    select
        {{ surrogate_key(['contract_cost_key', 'period']) }} as contract_cost_schedule_key,

        contract_cost_key,

        cast(month_number as integer) as month_number,
        cast(opening_amount as decimal(18, 2)) as opening_amount,
        cast(addition_amount as decimal(18, 2)) as addition_amount,
        cast(opening_amount + addition_amount - before_impairment as decimal(18, 2))
            as amortisation_amount,
        cast(before_impairment - closing_amount as decimal(18, 2)) as impairment_amount,
        closing_amount,

        period > {{ as_of_date() }} as is_planned,

        period
    from opened

)

select * from final
