-- Grain: one row per event, payee and type of credit (event_key, payee_key, credit_type).
-- Why: exclusive shares of an event sum to 1 and their amounts to the event's, to the cent:
-- cents that are left go to the largest remainders, then to the lower employee id.
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

cut as (

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
        events.amount,
        events.quantity,
        case when events.amount < 0 then -1 else 1 end as amount_sign,
        cast(abs(events.amount) * 100 as decimal(26, 0)) as cents,
        cast(abs(events.amount) * 100 as decimal(26, 0)) * shares.credit_share
            as exact_cents,
        sum(shares.credit_share) over (
            partition by events.event_key, shares.credit_type
        ) as share_sum,
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

ranked as (

    select
        *,
        case
            when is_exclusive and share_sum = 1
                then cents - sum(floor(exact_cents)) over whole
            else 0
        end as left_cents,
        row_number() over (
            partition by event_key, credit_type
            order by exact_cents - floor(exact_cents) desc, employee_id asc nulls last
        ) as remainder_rank
    from cut
    window whole as (partition by event_key, credit_type)

),

credited as (

    select
        *,
        case
            when is_exclusive
                then floor(exact_cents)
                    + case when remainder_rank <= left_cents then 1 else 0 end
            else round(exact_cents, 0)
        end * amount_sign * cast(0.01 as decimal(3, 2)) as credited_amount
    from ranked

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
        cast(quantity * credit_share as decimal(38, 9)) as credited_quantity,

        is_exclusive,
        true as counts_for_quota,
        not is_house_account as counts_for_pay,

        credit_date,
        priced_date
    from credited

)

select * from final
