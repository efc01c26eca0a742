-- Grain: one row per line or override, month that it belongs to and currency (due_key, origin_period, currency_code).
-- Why: what has been earned belongs to the last month of the period that pays it; approved
-- overrides stand beside. What belongs to months before the first that the ledger pays was
-- paid elsewhere; once a month is locked, a later first month takes nothing back.
with lines as (

    select * from {{ ref('comp_earning_line') }}
    where amount <> 0

),

overrides as (

    select * from {{ ref('comp_override') }}
    where status = 'approved'

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

locks as (

    select * from {{ ref('stg_ledger__period_locks') }}

),

first_lock as (

    select min(period) as period
    from locks

),

first_paid as (

    select
        {{ first_paid_period() }} as period
    from settings
    cross join first_lock

),

unioned as (

    select
        lines.earning_line_key as due_key,
        lines.payee_key,
        lines.component_key,
        lines.earning_line_key,
        cast(null as varchar) as override_key,
        lines.root_event_key,

        lines.currency_code,
        lines.explanation,

        lines.is_reversal,
        lines.amount,

        {{ first_of_month('periods.period_end') }} as origin_period,
        lines.credit_date as event_date
    from lines
    inner join periods
        on
            lines.period_grain = periods.period_grain
            and lines.period = periods.period_start
    union all
    select
        override_key as due_key,
        payee_key,
        cast(null as varchar) as component_key,
        cast(null as varchar) as earning_line_key,
        override_key,
        cast(null as varchar) as root_event_key,
        currency_code,
        concat(
            'Override ', source_id, ', approved by hand, is ', cast(amount as varchar), ' ',
            currency_code, '.'
        ) as explanation,
        false as is_reversal,
        amount,
        origin_period,
        period as event_date
    from overrides
    where amount <> 0

),

final as (

    select unioned.*
    from unioned
    inner join first_paid
        on unioned.origin_period >= first_paid.period

)

select * from final
