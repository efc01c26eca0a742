-- Grain: one row per payee, component that holds back, deal or event, currency of pay and month in which something of it moves (payee_key, component_key, root_event_key, currency_code, origin_period).
-- Why: of what a deal has earned to date a share is held, and of that a part is released: as
-- its cash comes in, when all of it is in, or after some months. A deal that is refunded is
-- paid in full by less cash.
with due as (

    select * from {{ ref('int_comp_due_amounts') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}
    where held_share is not null

),

events as (

    select * from {{ ref('comp_event') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

payments as (

    select * from {{ ref('fct_payment') }}
    where is_reportable and paid_date <= {{ as_of_date() }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

earned as (

    select
        due.payee_key,
        due.component_key,
        due.root_event_key,
        due.currency_code,
        due.origin_period,
        sum(due.amount) as amount
    from due
    inner join components
        on due.component_key = components.component_key
    where due.root_event_key is not null
    group by
        due.payee_key,
        due.component_key,
        due.root_event_key,
        due.currency_code,
        due.origin_period

),

roots as (

    select
        payee_key,
        component_key,
        root_event_key,
        currency_code,
        min(origin_period) as first_period
    from earned
    group by
        payee_key,
        component_key,
        root_event_key,
        currency_code

),

-- In the deal's currency.
cash as (

    select
        events.event_key as root_event_key,
        payments.paid_date as moved_date,
        case
            when payments.currency_code = opportunities.currency_code
                then cast(payments.amount_local as decimal(38, 9))
            else {{ exact_share(
                'payments.amount', 'opportunities.amount_local', 'opportunities.amount'
            ) }}
        end as cash_amount,
        cast(0 as decimal(38, 9)) as refunded_amount
    from payments
    inner join opportunities
        on payments.opportunity_key = opportunities.opportunity_key
    inner join events
        on
            payments.opportunity_key = events.opportunity_key
            and events.event_type = 'booking'

),

refunded as (

    select
        reverses_event_key as root_event_key,
        credit_date as moved_date,
        cast(0 as decimal(38, 9)) as cash_amount,
        cast(-1 * amount as decimal(38, 9)) as refunded_amount
    from events
    where reverses_event_key is not null

),

money as (

    select * from cash
    union all
    select * from refunded

),

moves as (

    select
        payee_key,
        component_key,
        root_event_key,
        currency_code,
        origin_period,
        amount as earned_amount,
        0 as ripe_amount,
        0 as cash_amount,
        0 as refunded_amount
    from earned
    union all
    select
        earned.payee_key,
        earned.component_key,
        earned.root_event_key,
        earned.currency_code,
        months.period as origin_period,
        0 as earned_amount,
        earned.amount as ripe_amount,
        0 as cash_amount,
        0 as refunded_amount
    from earned
    inner join components
        on earned.component_key = components.component_key
    inner join months
        on
            {{ add_months('earned.origin_period', 'components.held_months') }} = months.period
            and months.has_begun
    where components.held_until = 'months'
    union all
    select
        roots.payee_key,
        roots.component_key,
        roots.root_event_key,
        roots.currency_code,
        greatest({{ first_of_month('money.moved_date') }}, roots.first_period)
            as origin_period,
        0 as earned_amount,
        0 as ripe_amount,
        money.cash_amount,
        money.refunded_amount
    from roots
    inner join money
        on roots.root_event_key = money.root_event_key

),

by_month as (

    select
        payee_key,
        component_key,
        root_event_key,
        currency_code,
        origin_period,
        sum(earned_amount) as earned_amount,
        sum(ripe_amount) as ripe_amount,
        sum(cash_amount) as cash_amount,
        sum(refunded_amount) as refunded_amount
    from moves
    group by
        payee_key,
        component_key,
        root_event_key,
        currency_code,
        origin_period

),

summed as (

    select
        by_month.*,
        components.component_label,
        components.held_share,
        components.held_until,
        events.event_type,
        events.source_id,
        sum(by_month.earned_amount) over so_far as earned_so_far,
        sum(by_month.ripe_amount) over so_far as ripe_so_far,
        greatest(sum(by_month.cash_amount) over so_far, 0) as cash_so_far,
        coalesce(events.amount, 0) - sum(by_month.refunded_amount) over so_far
            as cash_expected
    from by_month
    inner join components
        on by_month.component_key = components.component_key
    inner join events
        on by_month.root_event_key = events.event_key
    window so_far as (
        partition by
            by_month.payee_key,
            by_month.component_key,
            by_month.root_event_key,
            by_month.currency_code
        order by by_month.origin_period
        rows between unbounded preceding and current row
    )

),

held as (

    select
        *,
        cast(round(earned_so_far * held_share, 2) as decimal(18, 2)) as held_so_far
    from summed

),

released as (

    select
        *,
        cast(case
            when held_until = 'months' then round(ripe_so_far * held_share, 2)
            when cash_so_far >= cash_expected then held_so_far
            when held_until = 'paid_in_full' then 0
            else round({{ exact_share('held_so_far', 'cash_so_far', 'cash_expected') }}, 2)
        end as decimal(18, 2)) as released_so_far
    from held

),

stepped as (

    select
        *,
        coalesce(lag(held_so_far) over so_far, 0) as held_before,
        coalesce(lag(released_so_far) over so_far, 0) as released_before
    from released
    window so_far as (
        partition by payee_key, component_key, root_event_key, currency_code
        order by origin_period
    )

),

final as (

    select
        payee_key,
        component_key,
        root_event_key,

        currency_code,
        component_label,
        event_type,
        source_id,

        held_share,
        cast(held_before - held_so_far as decimal(18, 2)) as hold_amount,
        cast(released_so_far - released_before as decimal(18, 2)) as release_amount,
        cast(held_so_far - released_so_far as decimal(18, 2)) as held_balance,

        origin_period
    from stepped
    where held_so_far <> held_before or released_so_far <> released_before

)

select * from final
