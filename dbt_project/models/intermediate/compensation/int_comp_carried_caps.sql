-- Grain: one row per payee, component whose cap carries its excess, currency of pay and period that is paid otherwise than earned (payee_key, plan, component, currency_code, period_grain, period_start).
-- Why: what is above the cap of a period waits for later ones, and is paid as far as their cap
-- allows. Pay to date is the least that any period to date allows: what had been earned by its
-- end, and the caps since.
with assigned as (

    select * from {{ ref('int_comp_assigned_components') }}
    where cap_excess = 'carry'

),

counted as (

    select * from {{ ref('int_comp_counted_credits') }}

),

capped_lines as (

    select * from {{ ref('int_comp_capped_lines') }}

),

late_lines as (

    select * from {{ ref('int_comp_late_lines') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}
    where has_begun

),

lines as (

    select
        credit_key,
        payee_key,
        component_key,
        amount
    from capped_lines
    union all
    select
        credit_key,
        payee_key,
        component_key,
        amount
    from late_lines

),

carrying as (

    select distinct component_key
    from assigned

),

earned as (

    select
        counted.payee_key,
        counted.plan,
        counted.component,
        counted.currency_code,
        counted.period_grain,
        counted.period_start,
        sum(lines.amount) as amount
    from lines
    inner join counted
        on
            lines.credit_key = counted.credit_key
            and lines.payee_key = counted.payee_key
            and lines.component_key = counted.component_key
    inner join carrying
        on lines.component_key = carrying.component_key
    group by
        counted.payee_key,
        counted.plan,
        counted.component,
        counted.currency_code,
        counted.period_grain,
        counted.period_start

),

-- The cap of the newest version that the period knows.
ranked as (

    select
        assigned.payee_key,
        assigned.component_key,
        assigned.plan,
        assigned.component,
        assigned.currency_code,
        assigned.cap_amount,
        periods.period_grain,
        periods.period_start,
        periods.last_day,
        row_number() over (
            partition by
                assigned.payee_key,
                assigned.plan,
                assigned.component,
                assigned.currency_code,
                periods.period_grain,
                periods.period_start
            order by assigned.valid_from desc, assigned.component_key asc
        ) as place
    from assigned
    inner join periods
        on
            assigned.period_grain = periods.period_grain
            and assigned.valid_from <= periods.period_end

),

summed as (

    select
        ranked.*,
        coalesce(earned.amount, 0) as earned_amount,
        sum(coalesce(earned.amount, 0)) over so_far as earned_so_far,
        sum(ranked.cap_amount) over so_far as caps_so_far
    from ranked
    left join earned
        on
            ranked.payee_key = earned.payee_key
            and ranked.plan = earned.plan
            and ranked.component = earned.component
            and ranked.currency_code = earned.currency_code
            and ranked.period_grain = earned.period_grain
            and ranked.period_start = earned.period_start
    where ranked.place = 1
    window so_far as (
        partition by
            ranked.payee_key,
            ranked.plan,
            ranked.component,
            ranked.currency_code,
            ranked.period_grain
        order by ranked.period_start
        rows between unbounded preceding and current row
    )

),

limited as (

    select
        *,
        earned_so_far - caps_so_far - least(
            min(earned_so_far - caps_so_far) over (
                partition by payee_key, plan, component, currency_code, period_grain
                order by period_start
                rows between unbounded preceding and current row
            ), 0
        ) as waiting_amount
    from summed

),

compared as (

    select
        *,
        coalesce(lag(waiting_amount) over (
            partition by payee_key, plan, component, currency_code, period_grain
            order by period_start
        ), 0) - waiting_amount as amount
    from limited

),

final as (

    select
        payee_key,
        component_key,

        plan,
        component,
        currency_code,
        period_grain,

        cap_amount,
        cast(waiting_amount as decimal(18, 2)) as waiting_amount,
        cast(amount as decimal(18, 2)) as amount,

        period_start,
        last_day
    from compared
    where amount <> 0

)

select * from final
