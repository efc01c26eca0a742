-- Grain: one row per booked line with a yearly recurring amount (booking_key).
-- Why: the churn rule for companies that deliver no subscriptions. A line counts from its booking
-- date for its term (12 months where none is stated) and for the days of grace in which renewals
-- come late; a renewal of the same account and product ends it on the day it is booked.
with bookings as (

    select * from {{ ref('fct_booking') }}
    where
        recurring_amount <> 0
        and booking_date <= {{ as_of_date() }}

),

terms as (

    select
        booking_key,
        {{ add_days(
            add_months('booking_date', 'coalesce(term_months, ' ~ var('arr_default_term_months') ~ ')'),
            var('arr_renewal_grace_days')
        ) }} as term_end_date
    from bookings

),

renewal_days as (

    select
        account_key,
        product_key,
        booking_date
    from bookings
    where booking_type = 'renewal'
    group by
        account_key,
        product_key,
        booking_date

),

renewed as (

    select
        bookings.booking_key,
        min(renewal_days.booking_date) as renewal_date
    from bookings
    inner join renewal_days
        on
            bookings.account_key = renewal_days.account_key
            and bookings.product_key = renewal_days.product_key
            and bookings.booking_date < renewal_days.booking_date
    group by bookings.booking_key

),

final as (

    select
        bookings.booking_key,
        bookings.account_key,

        bookings.recurring_amount,

        bookings.booking_date as valid_from,
        least(terms.term_end_date, coalesce(renewed.renewal_date, terms.term_end_date))
            as valid_to
    from bookings
    inner join terms
        on bookings.booking_key = terms.booking_key
    left join renewed
        on bookings.booking_key = renewed.booking_key

)

select * from final
