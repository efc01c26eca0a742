-- Grain: one row per deal, legal entity, kind of pay, currency and month that adds to what the deal cost (root_event_key, legal_entity, component_kind, currency_code, period).
-- Why: what is taken back is no smaller cost: the asset is written off by the refund, and what
-- payees give back lowers the expense. What comes after the period of benefit counts in its last month.
-- Cash that is paid for a deal belongs to the deal, whose refund takes back what cash that was paid
-- back had earned.
with lines as (

    select * from {{ ref('int_comp_pay_lines') }}
    where
        not is_reversal
        and entry_type in ('earning', 'adjustment', 'clawback')
        and legal_entity is not null

),

events as (

    select * from {{ ref('comp_event') }}

),

deals as (

    select
        events.event_key,
        coalesce(bookings.event_key, events.event_key) as root_event_key,
        events.opportunity_key,
        events.opportunity_type
    from events
    left join events as bookings
        on
            events.opportunity_key = bookings.opportunity_key
            and bookings.event_type = 'booking'
    where events.event_type <> 'payment' or events.amount > 0

),

rules as (

    select * from {{ ref('stg_company__contract_cost_rules') }}

),

settings as (

    select * from {{ ref('stg_company__payroll_settings') }}

),

costs as (

    select
        deals.root_event_key,
        lines.legal_entity,
        lines.component_kind,
        lines.currency_code,
        deals.opportunity_key,
        deals.opportunity_type,
        rules.benefit_months,
        rules.benefit_months > settings.expedient_months as is_capitalised,
        lines.amount,
        lines.accrued_period,
        min(lines.accrued_period) over (
            partition by
                deals.root_event_key,
                lines.legal_entity,
                lines.component_kind,
                lines.currency_code
        ) as start_period
    from lines
    inner join deals
        on lines.root_event_key = deals.event_key
    inner join rules
        on
            lines.component_kind = rules.component_kind
            and deals.opportunity_type = rules.opportunity_type
    cross join settings

),

final as (

    select
        {{ surrogate_key([
            'root_event_key', 'legal_entity', 'component_kind', 'currency_code'
        ]) }} as contract_cost_key,
        root_event_key,
        opportunity_key,

        legal_entity,
        component_kind,
        opportunity_type,
        currency_code,

        benefit_months,
        cast(sum(amount) as decimal(18, 2)) as cost_amount,

        is_capitalised,

        least(
            accrued_period, {{ add_months('start_period', 'benefit_months - 1') }}
        ) as period,
        start_period
    from costs
    group by
        root_event_key,
        opportunity_key,
        legal_entity,
        component_kind,
        opportunity_type,
        currency_code,
        benefit_months,
        is_capitalised,
        start_period,
        least(accrued_period, {{ add_months('start_period', 'benefit_months - 1') }})

)

select * from final
