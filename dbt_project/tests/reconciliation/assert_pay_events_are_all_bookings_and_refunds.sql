-- Fails where bookings and refunds do not come to what may be paid for, per currency: nothing that
-- was sold is forgotten, and nothing is paid for that was not.
with events as (

    select * from {{ ref('comp_event') }}

),

bookings as (

    select * from {{ ref('fct_booking') }}

),

refunds as (

    select * from {{ ref('fct_refund') }}

),

unioned as (

    select
        currency_code,
        amount_local as amount
    from bookings
    where booking_date <= {{ as_of_date() }}
    union all
    select
        currency_code,
        -1 * amount_local as amount
    from refunds
    where is_reportable and refund_date <= {{ as_of_date() }}
    union all
    select
        currency_code,
        -1 * amount as amount
    from events
    where event_type in ('booking', 'refund')

),

final as (

    select
        currency_code,
        sum(amount) as difference
    from unioned
    group by currency_code
    having sum(amount) <> 0

)

select * from final
