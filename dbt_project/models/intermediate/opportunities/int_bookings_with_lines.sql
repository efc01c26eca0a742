-- Grain: one row per line of a won opportunity, and one for the rest (booking_key).
-- Why: each row is rounded; the cents that rounding leaves go to the rows that lost most by it.
-- Where the amount of the opportunity is unknown, that of its rows is.
with booking_rows as (

    select * from {{ ref('int_booking_rows') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_valued') }}

),

rounded as (

    select
        booking_rows.*,
        case
            when opportunities.amount is not null
                then round(booking_rows.exact_amount, 2)
        end as rounded_amount,
        booking_rows.exact_amount - round(booking_rows.exact_amount, 2) as lost_amount,
        opportunities.amount
        - sum(round(booking_rows.exact_amount, 2)) over (
            partition by booking_rows.opportunity_key
        ) as missing_amount
    from booking_rows
    inner join opportunities
        on booking_rows.opportunity_key = opportunities.opportunity_key

),

ranked as (

    select
        *,
        row_number() over (
            partition by opportunity_key
            order by
                sign(missing_amount) * lost_amount desc nulls last,
                abs(exact_amount) desc,
                booking_key asc
        ) as loss_rank
    from rounded

),

final as (

    select
        booking_key,
        opportunity_key,
        product_key,

        booking_type,
        currency_code,

        cast(
            rounded_amount
            + case
                when loss_rank * 0.01 <= abs(missing_amount)
                    then sign(missing_amount) * 0.01
                else 0
            end as decimal(18, 2)
        ) as amount,
        cast(amount_local as decimal(18, 2)) as amount_local,
        recurring_amount,
        list_amount,
        cost_amount,
        quantity,
        term_months
    from ranked

)

select * from final
