-- Grain: one row per event, payee and type of credit (event_key, payee_key, credit_type).
-- Why: exclusive shares of an event sum to 1 and their amounts to the event's, to the cent:
-- cents that are left go to the largest remainders, then to the lower employee id. What is
-- taken back is cut as it adds up, by the cents that the event gave: in how many parts it
-- comes back, all of it together takes from each what the event gave, and never more.
with events as (

    select * from {{ ref('comp_event') }}

),

shares as (

    select * from {{ ref('int_comp_shares') }}

),

payees as (

    select * from {{ ref('comp_payee') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

shared as (

    select
        events.event_key,
        events.reverses_event_key,
        shares.payee_key,
        payees.employee_id,
        payees.is_house_account,
        shares.credit_type,
        events.event_type,
        events.currency_code,
        shares.is_exclusive,
        shares.credit_share,
        cast(events.quantity * shares.credit_share as decimal(38, 9)) as given_quantity,
        sum(events.quantity) over (
            partition by events.reverses_event_key, shares.payee_key, shares.credit_type
            order by events.credit_date, events.event_key
            rows between unbounded preceding and current row
        ) as quantity_so_far,
        events.quantity,
        cast(events.amount * 100 as hugeint) as signed_cents,
        cast(shares.credit_share * 1000000 as hugeint) as millionths,
        sum(cast(shares.credit_share * 1000000 as hugeint)) over (
            partition by events.event_key, shares.credit_type
        ) as millionths_sum,
        case
            when events.currency_code is not null
                then {{ exchange_rate('rates.rate', 'events.currency_code') }}
        end as fx_rate,
        events.credit_date,
        events.priced_date
    from shares
    inner join events
        on shares.event_key = events.event_key
    inner join payees
        on shares.payee_key = payees.payee_key
    left join rates
        on
            events.currency_code = rates.currency_code
            and events.priced_date = rates.rate_date

),

given_cents as (

    select
        *,
        case
            when is_exclusive and millionths_sum = 1000000
                then {{ apportioned(
                    'abs(signed_cents)', 'millionths', '1000000',
                    'event_key, credit_type', 'employee_id asc nulls last'
                ) }}
            else {{ rounded_share('abs(signed_cents)', 'millionths', '1000000') }}
        end * cast(sign(signed_cents) as hugeint) as credited_cents
    from shared
    where reverses_event_key is null

),

-- All that was taken back of an event so far, beside the cents that it gave.
taken_so_far as (

    select
        shared.*,
        sum(shared.signed_cents) over (
            partition by shared.reverses_event_key, shared.payee_key, shared.credit_type
            order by shared.credit_date, shared.event_key
            rows unbounded preceding
        ) as cents_so_far,
        case
            when given_cents.signed_cents <> 0 then abs(given_cents.credited_cents)
            else shared.millionths
        end as part,
        case
            when coalesce(given_cents.signed_cents, 0) = 0 then 1000000
            when given_cents.is_exclusive then sum(abs(given_cents.credited_cents)) over (
                partition by shared.event_key, shared.credit_type
            )
            else abs(given_cents.signed_cents)
        end as whole
    from shared
    inner join given_cents
        on
            shared.reverses_event_key = given_cents.event_key
            and shared.payee_key = given_cents.payee_key
            and shared.credit_type = given_cents.credit_type

),

taken_cents_so_far as (

    select
        *,
        case
            when is_exclusive
                then {{ apportioned(
                    'abs(cents_so_far)', 'part', 'whole',
                    'event_key, credit_type', 'employee_id asc nulls last'
                ) }}
            else {{ rounded_share('abs(cents_so_far)', 'part', 'whole') }}
        end * cast(sign(cents_so_far) as hugeint) as credited_cents_so_far
    from taken_so_far

),

credited as (

    select
        event_key,
        reverses_event_key,
        payee_key,
        is_house_account,
        credit_type,
        event_type,
        currency_code,
        is_exclusive,
        credit_share,
        given_quantity as credited_quantity,
        fx_rate,
        credit_date,
        priced_date,
        credited_cents
    from given_cents
    union all
    select
        event_key,
        reverses_event_key,
        payee_key,
        is_house_account,
        credit_type,
        event_type,
        currency_code,
        is_exclusive,
        credit_share,
        cast(quantity_so_far * credit_share as decimal(38, 9))
        - cast((quantity_so_far - quantity) * credit_share as decimal(38, 9))
            as credited_quantity,
        fx_rate,
        credit_date,
        priced_date,
        case
            when signed_cents is not null
                then credited_cents_so_far - coalesce(lag(credited_cents_so_far) over (
                    partition by reverses_event_key, payee_key, credit_type
                    order by credit_date, event_key
                ), 0)
        end as credited_cents
    from taken_cents_so_far

),

amounts as (

    select
        *,
        cast(credited_cents as decimal(20, 0)) * cast(0.01 as decimal(3, 2))
            as credited_amount
    from credited

),

final as (

    select
        {{ surrogate_key(['event_key', 'payee_key', 'credit_type']) }} as credit_key,

        event_key,
        payee_key,
        reverses_event_key,

        credit_type,
        event_type,
        currency_code,

        credit_share as share, -- noqa: RF04
        cast(credited_amount as decimal(18, 2)) as credited_amount,
        fx_rate,
        {{ converted('credited_amount', 'fx_rate') }} as credited_amount_reporting,
        cast(credited_quantity as decimal(38, 9)) as credited_quantity,

        is_exclusive,
        true as counts_for_quota,
        not is_house_account as counts_for_pay,

        credit_date,
        priced_date
    from amounts

)

select * from final
