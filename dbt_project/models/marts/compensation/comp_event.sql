-- Grain: one row per event that may be paid for (event_key).
-- Why: a refund is priced as its booking was, on the booking's day; it takes back the same
-- part of the pieces as of the money, cut as it adds up: all of it takes back all pieces.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

bookings as (

    select * from {{ ref('fct_booking') }}

),

refunds as (

    select * from {{ ref('fct_refund') }}

),

handoffs as (

    select * from {{ ref('fct_handoff') }}

),

payments as (

    select * from {{ ref('fct_payment') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

activities as (

    select * from {{ ref('fct_activity') }}

),

pieces as (

    select
        opportunity_key,
        cast(sum(quantity) as decimal(38, 9)) as quantity
    from bookings
    group by opportunity_key

),

won as (

    select
        {{ surrogate_key(["'booking'", 'opportunities.opportunity_key']) }} as event_key,
        opportunities.*,
        pieces.quantity
    from opportunities
    left join pieces
        on opportunities.opportunity_key = pieces.opportunity_key
    where
        opportunities.is_won
        and opportunities.is_reportable
        and opportunities.close_date <= {{ as_of_date() }}

),

refunded as (

    select
        {{ surrogate_key(["'refund'", 'refunds.refund_key']) }} as event_key,
        refunds.*,
        won.event_key as reverses_event_key,
        won.opportunity_type,
        won.quantity,
        won.amount_local as booked_amount,
        won.close_date,
        sum(refunds.amount_local) over (
            partition by won.event_key
            order by
                refunds.refund_date,
                {{ surrogate_key(["'refund'", 'refunds.refund_key']) }}
            rows between unbounded preceding and current row
        ) as refunded_so_far
    from refunds
    left join won
        on refunds.opportunity_key = won.opportunity_key
    where refunds.is_reportable and refunds.refund_date <= {{ as_of_date() }}

),

-- Cash counts on its own day, and so does what is paid back; where no plan counts it, it is no event.
cash_moves as (

    select
        {{ surrogate_key(["'payment'", 'payment_key']) }} as event_key,
        opportunity_key,
        source_system,
        source_id,
        currency_code,
        amount_local as amount,
        amount as amount_reporting,
        paid_date as credit_date
    from payments
    where is_reportable
    union all
    select
        {{ surrogate_key(["'paid_back'", 'refund_key']) }} as event_key,
        opportunity_key,
        source_system,
        source_id,
        currency_code,
        -1 * amount_local as amount,
        -1 * amount as amount_reporting,
        refund_date as credit_date
    from refunds
    where is_reportable

),

cash_of_deals as (

    select
        cash_moves.*,
        won.opportunity_type
    from cash_moves
    inner join won
        on cash_moves.opportunity_key = won.opportunity_key
    where
        cash_moves.credit_date <= {{ as_of_date() }}
        and exists (
            select 1 from components
            where components.measure = 'cash_received'
        )

),

unioned as (

    select
        event_key,
        cast(null as varchar) as reverses_event_key,
        opportunity_key,
        cast(null as varchar) as payee_key,
        source_system,
        source_id,
        'booking' as event_type,
        opportunity_type,
        currency_code,
        amount_local as amount,
        amount as amount_reporting,
        quantity,
        close_date as credit_date,
        close_date as priced_date
    from won
    union all
    select
        event_key,
        reverses_event_key,
        opportunity_key,
        cast(null as varchar) as payee_key,
        source_system,
        source_id,
        'refund' as event_type,
        opportunity_type,
        currency_code,
        -1 * amount_local as amount,
        -1 * amount as amount_reporting,
        {{ exact_share('quantity', 'refunded_so_far - amount_local', 'booked_amount') }}
        - {{ exact_share('quantity', 'refunded_so_far', 'booked_amount') }} as quantity,
        refund_date as credit_date,
        coalesce(close_date, refund_date) as priced_date
    from refunded
    union all
    select
        event_key,
        cast(null as varchar) as reverses_event_key,
        opportunity_key,
        cast(null as varchar) as payee_key,
        source_system,
        source_id,
        'payment' as event_type,
        opportunity_type,
        currency_code,
        amount,
        amount_reporting,
        cast(null as decimal(38, 9)) as quantity,
        credit_date,
        credit_date as priced_date
    from cash_of_deals
    union all
    select
        {{ surrogate_key(["'accepted_lead'", 'handoff_key']) }} as event_key,
        cast(null as varchar) as reverses_event_key,
        cast(null as varchar) as opportunity_key,
        {{ payee_key('owner_employee_key') }} as payee_key,
        source_system,
        source_id,
        'accepted_lead' as event_type,
        cast(null as varchar) as opportunity_type,
        cast(null as varchar) as currency_code,
        cast(null as decimal(18, 2)) as amount,
        cast(null as decimal(18, 2)) as amount_reporting,
        cast(1 as decimal(38, 9)) as quantity,
        decided_date as credit_date,
        decided_date as priced_date
    from handoffs
    where decision = 'accepted' and decided_date <= {{ as_of_date() }}
    union all
    select
        {{ surrogate_key(["'meeting_held'", 'activity_key']) }} as event_key,
        cast(null as varchar) as reverses_event_key,
        cast(null as varchar) as opportunity_key,
        {{ payee_key('employee_key') }} as payee_key,
        source_system,
        source_id,
        'meeting_held' as event_type,
        cast(null as varchar) as opportunity_type,
        cast(null as varchar) as currency_code,
        cast(null as decimal(18, 2)) as amount,
        cast(null as decimal(18, 2)) as amount_reporting,
        cast(1 as decimal(38, 9)) as quantity,
        occurred_date as credit_date,
        occurred_date as priced_date
    from activities
    where
        activity_type = 'meeting'
        and direction = 'two_way'
        and is_human
        and occurred_date <= {{ as_of_date() }}

),

final as (

    select
        event_key,

        reverses_event_key,
        opportunity_key,
        payee_key,

        source_system,
        source_id,
        event_type,
        opportunity_type,
        currency_code,

        cast(amount as decimal(18, 2)) as amount,
        cast(amount_reporting as decimal(18, 2)) as amount_reporting,
        cast(quantity as decimal(38, 9)) as quantity,

        credit_date,
        priced_date
    from unioned

)

select * from final
