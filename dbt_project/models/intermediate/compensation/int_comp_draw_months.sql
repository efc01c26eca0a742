-- Grain: one row per payee with a draw, currency of pay and month that has ended, from the first draw on (payee_key, currency_code, origin_period).
-- Why: what is missing up to the draw comes before it is earned. A recoverable draw is owed, and
-- what a later month pays above its draw gives it back: never more than is owed, and never so
-- much that less than the draw is left. What is owed is what all months so far lack, less the
-- surplus that nobody owed anything in.
with assignments as (

    select * from {{ ref('comp_assignment') }}

),

versions as (

    select * from {{ ref('stg_company__plan_versions') }}

),

plan_draws as (

    select * from {{ ref('stg_company__plan_draws') }}

),

due as (

    select * from {{ ref('int_comp_due_amounts') }}

),

held as (

    select * from {{ ref('int_comp_held_amounts') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}
    where period_grain = 'month' and has_ended

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

months as (

    select periods.*
    from periods
    cross join settings
    cross join first_lock
    where periods.period_start >= {{ first_paid_period() }}

),

-- Months on a plan are counted from the first day that somebody was ever on it.
first_days as (

    select
        payee_key,
        plan,
        {{ first_of_month('min(valid_from)') }} as first_month
    from assignments
    group by
        payee_key,
        plan

),

terms as (

    select
        plan,
        plan_version,
        draw_kind,
        recovered_share,
        forgiven_after_months
    from plan_draws
    where from_month = 1

),

spans as (

    select
        assignments.payee_key,
        assignments.currency_code,
        assignments.plan,
        versions.plan_version,
        terms.draw_kind,
        terms.recovered_share,
        terms.forgiven_after_months,
        first_days.first_month,
        greatest(assignments.valid_from, versions.valid_from) as valid_from,
        least(
            coalesce(assignments.valid_to, date '9999-12-31'),
            coalesce(versions.valid_to, date '9999-12-31')
        ) as valid_to
    from assignments
    inner join versions
        on
            assignments.plan = versions.plan
            and assignments.valid_from < coalesce(versions.valid_to, date '9999-12-31')
            and versions.valid_from < coalesce(assignments.valid_to, date '9999-12-31')
    inner join terms
        on
            versions.plan = terms.plan
            and versions.plan_version = terms.plan_version
    inner join first_days
        on
            assignments.payee_key = first_days.payee_key
            and assignments.plan = first_days.plan

),

-- Every month since, also when nobody is on the plan any longer.
known as (

    select
        spans.*,
        months.period_start as origin_period,
        months.period_end,
        {{ months_between('spans.first_month', 'months.period_start') }} + 1 as month_number,
        row_number() over (
            partition by spans.payee_key, spans.currency_code, months.period_start
            order by spans.valid_from desc, spans.plan asc, spans.plan_version asc
        ) as place
    from spans
    inner join months
        on spans.valid_from <= months.period_end

),

drawn as (

    select
        known.payee_key,
        known.currency_code,
        known.origin_period,
        round(sum({{ exact_share(
            'plan_draws.draw_amount',
            days_between(
                'greatest(known.valid_from, known.origin_period)',
                'least(known.valid_to, ' ~ add_days('known.period_end', 1) ~ ')'
            ),
            days_between('known.origin_period', add_days('known.period_end', 1))
        ) }}), 2) as draw_amount
    from known
    inner join plan_draws
        on
            known.plan = plan_draws.plan
            and known.plan_version = plan_draws.plan_version
            and known.month_number >= plan_draws.from_month
            and known.month_number < coalesce(plan_draws.to_month, known.month_number + 1)
    where known.valid_to > known.origin_period
    group by
        known.payee_key,
        known.currency_code,
        known.origin_period

),

paid as (

    select
        payee_key,
        currency_code,
        origin_period,
        amount
    from due
    where earning_line_key is not null
    union all
    select
        payee_key,
        currency_code,
        origin_period,
        hold_amount + release_amount as amount
    from held

),

earned as (

    select
        payee_key,
        currency_code,
        origin_period,
        sum(amount) as earned_amount
    from paid
    group by
        payee_key,
        currency_code,
        origin_period

),

faced as (

    select
        known.payee_key,
        known.currency_code,
        known.origin_period,
        known.period_end,
        known.draw_kind,
        known.recovered_share,
        coalesce(drawn.draw_amount, 0) as draw_amount,
        coalesce(earned.earned_amount, 0) as earned_amount,
        known.draw_kind = 'recoverable'
        and coalesce(known.month_number = known.forgiven_after_months, false) as is_forgiven
    from known
    left join drawn
        on
            known.payee_key = drawn.payee_key
            and known.currency_code = drawn.currency_code
            and known.origin_period = drawn.origin_period
    left join earned
        on
            known.payee_key = earned.payee_key
            and known.currency_code = earned.currency_code
            and known.origin_period = earned.origin_period
    where known.place = 1

),

lacking as (

    select
        *,
        case
            when draw_kind <> 'recoverable' then 0
            when earned_amount >= draw_amount
                then -1 * round((earned_amount - draw_amount) * recovered_share, 2)
            when draw_amount > 0 then draw_amount - earned_amount
            else 0
        end as lacking_amount,
        sum(case when is_forgiven then 1 else 0 end) over (
            partition by payee_key, currency_code
            order by origin_period
            rows between unbounded preceding and current row
        ) - case when is_forgiven then 1 else 0 end as forgiven_before
    from faced

),

summed as (

    select
        *,
        sum(lacking_amount) over (
            partition by payee_key, currency_code, forgiven_before
            order by origin_period
            rows between unbounded preceding and current row
        ) as lacking_so_far
    from lacking

),

owing as (

    select
        *,
        lacking_so_far - least(
            min(lacking_so_far) over (
                partition by payee_key, currency_code, forgiven_before
                order by origin_period
                rows between unbounded preceding and current row
            ), 0
        ) as owed_amount
    from summed

),

stepped as (

    select
        *,
        owed_amount - coalesce(lag(owed_amount) over (
            partition by payee_key, currency_code, forgiven_before
            order by origin_period
        ), 0) as owed_change
    from owing

),

final as (

    select
        payee_key,

        currency_code,
        draw_kind,

        cast(draw_amount as decimal(18, 2)) as draw_amount,
        cast(earned_amount as decimal(18, 2)) as earned_amount,
        cast(
            case
                when draw_kind = 'additive' then draw_amount
                when draw_kind = 'guarantee' and draw_amount > 0
                    then greatest(draw_amount - earned_amount, 0)
                else 0
            end as decimal(18, 2)
        ) as guarantee_amount,
        cast(greatest(owed_change, 0) as decimal(18, 2)) as advance_amount,
        cast(
            least(owed_change, 0) - case when is_forgiven then owed_amount else 0 end
            as decimal(18, 2)
        ) as recovery_amount,
        cast(case when is_forgiven then owed_amount else 0 end as decimal(18, 2))
            as forgiven_amount,
        cast(case when is_forgiven then 0 else owed_amount end as decimal(18, 2))
            as owed_amount,

        origin_period,
        period_end
    from stepped

)

select * from final
