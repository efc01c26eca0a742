-- Fails for a reportable won opportunity that has no booking, or whose bookings do not sum to its
-- amount to the cent.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_won and is_reportable

),

booked as (

    select
        opportunity_key,
        sum(amount) as booked_amount
    from {{ ref('fct_booking') }}
    group by opportunity_key

)

select
    opportunities.opportunity_key,
    opportunities.amount,
    booked.booked_amount
from opportunities
left join booked
    on opportunities.opportunity_key = booked.opportunity_key
where
    booked.opportunity_key is null
    or opportunities.amount is distinct from booked.booked_amount
