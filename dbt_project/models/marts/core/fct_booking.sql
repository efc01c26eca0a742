-- Grain: one row per won opportunity and product line (booking_key).
-- Why: reportable won opportunities only; the rows of one sum to its amount to the cent.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

with_lines as (

    select * from {{ ref('int_bookings_with_lines') }}

),

without_lines as (

    select * from {{ ref('int_bookings_without_lines') }}

),

booking_lines as (

    select
        booking_key,
        opportunity_key,
        product_key,
        booking_type,
        currency_code,
        amount,
        amount_local,
        recurring_amount,
        list_amount,
        cost_amount,
        quantity,
        term_months
    from with_lines
    union all
    select
        {{ surrogate_key(['opportunity_key', "'<whole>'"]) }} as booking_key,
        opportunity_key,
        product_key,
        cast(null as varchar) as booking_type,
        currency_code,
        amount,
        amount_local,
        cast(null as decimal(18, 2)) as recurring_amount,
        list_amount,
        cast(null as decimal(18, 2)) as cost_amount,
        quantity,
        cast(null as bigint) as term_months
    from without_lines

),

final as (

    select
        booking_lines.booking_key,

        booking_lines.opportunity_key,
        opportunities.account_key,
        opportunities.owner_employee_key,
        opportunities.sdr_employee_key,
        booking_lines.product_key,
        opportunities.channel_key,

        coalesce(booking_lines.booking_type, opportunities.opportunity_type)
            as booking_type,
        opportunities.team_at_close as team,
        opportunities.segment,
        opportunities.region,
        booking_lines.currency_code,

        booking_lines.amount,
        booking_lines.amount_local,
        booking_lines.recurring_amount,
        booking_lines.list_amount,
        booking_lines.cost_amount,
        booking_lines.quantity,
        booking_lines.term_months,

        opportunities.close_date as booking_date
    from booking_lines
    inner join opportunities
        on booking_lines.opportunity_key = opportunities.opportunity_key
    where opportunities.is_won and opportunities.is_reportable

)

select * from final
