-- Grain: one row per credit and payee's component that counts it (credit_key, payee_key, component_key).
-- Why: what is counted is in the payee's currency, to nine decimals. A reversal that comes after
-- its booking's window, or after the window of the cap, is late: it changes no total.
-- What a reversal takes back is what it refunds, or what the claw-back of the plan says. Of what
-- only some lines of a deal are, each credit counts the same part.
with given as (

    select
        *,
        own_base as base_amount
    from {{ ref('int_comp_priced_credits') }}
    where not is_reversal

),

-- Asked for by themselves, so that no step holds all credits in all their columns.
reversals as (

    select * from {{ ref('int_comp_priced_credits') }}
    where is_reversal

),

-- What was counted of a deal, where the claw-back asks for it.
booked as (

    select
        root_key,
        max(own_base) as booked_base
    from {{ ref('int_comp_priced_credits') }}
    where not is_reversal and clawback_method <> 'proportional'
    group by root_key

),

summed as (

    select
        reversals.*,
        booked.booked_base,
        sum(reversals.credited_amount) over so_far as credited_so_far,
        sum(reversals.credited_quantity) over so_far as quantity_so_far
    from reversals
    left join booked
        on reversals.root_key = booked.root_key
    window so_far as (
        partition by reversals.root_key, reversals.event_currency_code
        order by reversals.credit_date, reversals.event_key
        rows between unbounded preceding and current row
    )

),

-- What takes a deal back is converted as it adds up, so that all of it is all that was counted.
valued as (

    select
        *,
        case
            when not counts_money then quantity_so_far
            else {{ exact_share('credited_so_far', 'event_rate', 'payee_rate') }}
        end as value_after,
        case
            when not counts_money then quantity_so_far - credited_quantity
            else {{ exact_share(
                'credited_so_far - credited_amount', 'event_rate', 'payee_rate'
            ) }}
        end as value_before
    from summed

),

based as (

    select
        *,
        case
            when counts_part
                then {{ exact_share('value_after', 'part', 'whole') }}
                - {{ exact_share('value_before', 'part', 'whole') }}
            else value_after - value_before
        end as delivered_base,
        {{ months_between('priced_date', 'credit_date') }} as months_begun
    from valued

),

-- Whole months from the booking's day, and whether the claw-back still reaches so far.
aged as (

    select
        *,
        months_begun - case
            when {{ add_months('priced_date', 'months_begun') }} > credit_date then 1
            else 0
        end as months_served,
        coalesce(
            credit_date < {{ add_months('priced_date', 'clawback_within_months') }}, true
        ) as is_in_reach
    from based

),

ranked as (

    select
        *,
        row_number() over (
            partition by root_key, delivered_base < 0
            order by credit_date, event_key
        ) as place
    from aged

),

taken as (

    select
        *,
        case
            when not is_in_reach then 0
            when clawback_method = 'proportional' then delivered_base
            when delivered_base >= 0 or place > 1 then 0
            when clawback_method = 'full' then -1 * booked_base
            else -1 * {{ exact_share(
                'booked_base',
                'greatest(clawback_term_months - months_served, 0)',
                'clawback_term_months'
            ) }}
        end as base_amount
    from ranked

),

counted as (

    select
        credit_key,
        payee_key,
        component_key,
        event_key,
        root_event_key,
        credited_payee_key,
        root_key,
        event_type,
        plan,
        component,
        measure,
        method,
        component_scope,
        period_grain,
        measured_in,
        quota_measure,
        cap_per,
        event_currency_code,
        currency_code,
        plan_version,
        cap_amount,
        credited_amount,
        credited_quantity,
        event_rate,
        payee_rate,
        base_amount,
        is_reversal,
        credit_date,
        period_start,
        priced_period_start,
        fiscal_year_start_date,
        priced_year_start
    from given
    union all
    select
        credit_key,
        payee_key,
        component_key,
        event_key,
        root_event_key,
        credited_payee_key,
        root_key,
        event_type,
        plan,
        component,
        measure,
        method,
        component_scope,
        period_grain,
        measured_in,
        quota_measure,
        cap_per,
        event_currency_code,
        currency_code,
        plan_version,
        cap_amount,
        credited_amount,
        credited_quantity,
        event_rate,
        payee_rate,
        base_amount,
        is_reversal,
        credit_date,
        period_start,
        priced_period_start,
        fiscal_year_start_date,
        priced_year_start
    from taken

),

final as (

    select
        credit_key,
        payee_key,
        component_key,
        event_key,
        root_event_key,
        credited_payee_key,
        case component_scope
            when 'transaction'
                then root_key
            when 'period'
                then {{ surrogate_key([
                    'payee_key', 'plan', 'component', 'currency_code', 'priced_period_start'
                ]) }}
            else {{ surrogate_key([
                'payee_key', 'plan', 'component', 'currency_code', 'priced_year_start'
            ]) }}
        end as window_key,
        root_key,
        case cap_per
            when 'transaction'
                then {{ surrogate_key(['payee_key', 'plan', 'component', 'root_event_key']) }}
            when 'period'
                then {{ surrogate_key([
                    'payee_key', 'plan', 'component', 'currency_code', 'period_start'
                ]) }}
            when 'year'
                then {{ surrogate_key([
                    'payee_key', 'plan', 'component', 'currency_code',
                    'fiscal_year_start_date'
                ]) }}
        end as cap_key,

        event_type,
        plan,
        component,
        measure,
        method,
        component_scope,
        period_grain,
        measured_in,
        quota_measure,
        case
            when component_scope = 'year_to_date' then 'year' else period_grain
        end as window_grain,
        event_currency_code,
        currency_code,

        plan_version,
        cap_amount,
        credited_amount,
        credited_quantity,
        event_rate,
        payee_rate,
        cast(base_amount as decimal(38, 9)) as base_amount,

        is_reversal,
        coalesce(
            is_reversal
            and (
                (component_scope = 'period' and period_start <> priced_period_start)
                or (
                    component_scope = 'year_to_date'
                    and fiscal_year_start_date <> priced_year_start
                )
                or (cap_per = 'period' and period_start <> priced_period_start)
                or (cap_per = 'year' and fiscal_year_start_date <> priced_year_start)
            ), false
        ) as is_late,

        credit_date,
        period_start,
        case
            when component_scope = 'year_to_date' then priced_year_start
            else priced_period_start
        end as window_start
    from counted

)

select * from final
