-- Grain: one row per event, payee credited with a share of it and type of credit (event_key, payee_key, credit_type).
-- Why: who sold a deal shares the whole of it, and what nobody has is the house's; who
-- stood beside, and who had the lead, is credited beside. What is refunded or
-- paid is shared as its booking was.
with events as (

    select * from {{ ref('comp_event') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

revenue_credits as (

    select * from {{ ref('int_opportunity_credits') }}

),

splits as (

    select * from {{ ref('conformed_opportunity_splits') }}
    where split_type = 'overlay'

),

bookings as (

    select * from events
    where event_type = 'booking'

),

sold as (

    select
        bookings.event_key,
        {{ payee_key('revenue_credits.employee_key') }} as payee_key,
        revenue_credits.credit_share
    from bookings
    inner join revenue_credits
        on bookings.opportunity_key = revenue_credits.opportunity_key

),

sold_sums as (

    select
        event_key,
        sum(credit_share) as credit_share
    from sold
    group by event_key

),

stood_beside as (

    select
        bookings.event_key,
        {{ payee_key('splits.employee_key') }} as payee_key,
        splits.share as credit_share
    from bookings
    inner join splits
        on bookings.opportunity_key = splits.opportunity_key
    where splits.valid_from <= bookings.credit_date
    qualify rank() over (
        partition by bookings.event_key
        order by splits.valid_from desc
    ) = 1

),

of_bookings as (

    select
        event_key,
        payee_key,
        'revenue' as credit_type,
        credit_share
    from sold
    union all
    select
        bookings.event_key,
        {{ house_payee_key() }} as payee_key,
        'revenue' as credit_type,
        1 - coalesce(sold_sums.credit_share, 0) as credit_share
    from bookings
    left join sold_sums
        on bookings.event_key = sold_sums.event_key
    where coalesce(sold_sums.credit_share, 0) < 1
    union all
    select
        event_key,
        payee_key,
        'overlay' as credit_type,
        sum(credit_share) as credit_share
    from stood_beside
    group by
        event_key,
        payee_key
    union all
    select
        bookings.event_key,
        {{ payee_key('opportunities.sdr_employee_key') }} as payee_key,
        'sourced' as credit_type,
        1 as credit_share
    from bookings
    inner join opportunities
        on bookings.opportunity_key = opportunities.opportunity_key
    where opportunities.sdr_employee_key is not null

),

unioned as (

    select * from of_bookings
    union all
    select
        events.event_key,
        of_bookings.payee_key,
        of_bookings.credit_type,
        of_bookings.credit_share
    from events
    inner join of_bookings
        on events.reverses_event_key = of_bookings.event_key
    union all
    select
        events.event_key,
        of_bookings.payee_key,
        of_bookings.credit_type,
        of_bookings.credit_share
    from events
    inner join bookings
        on events.opportunity_key = bookings.opportunity_key
    inner join of_bookings
        on bookings.event_key = of_bookings.event_key
    where events.event_type = 'payment'
    union all
    select
        event_key,
        {{ house_payee_key() }} as payee_key,
        'revenue' as credit_type,
        1 as credit_share
    from events
    where event_type = 'refund' and reverses_event_key is null
    union all
    select
        event_key,
        payee_key,
        event_type as credit_type,
        1 as credit_share
    from events
    where event_type in ('accepted_lead', 'meeting_held')

),

final as (

    select
        event_key,
        payee_key,

        credit_type,

        credit_type <> 'overlay' and credit_type <> 'sourced' as is_exclusive,

        cast(credit_share as decimal(12, 6)) as credit_share
    from unioned

)

select * from final
