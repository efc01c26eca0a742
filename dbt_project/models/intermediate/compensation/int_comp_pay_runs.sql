-- Grain: one row per legal entity, kind of pay and month: the day that pays it (legal_entity, component_kind, period).
-- Why: the last business day on or before the day that payroll.yml names.
with rules as (

    select * from {{ ref('stg_company__pay_run_rules') }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

business_days as (

    select
        date_day,
        max(case when is_business_day then date_day end) over (
            order by date_day
            rows between unbounded preceding and current row
        ) as pay_run_date
    from days

),

planned as (

    select
        rules.legal_entity,
        rules.component_kind,
        months.period,
        least(
            {{ add_days(add_months('months.period', 'rules.months_after'), 'rules.pay_day - 1') }},
            {{ add_days(add_months('months.period', 'rules.months_after + 1'), -1) }}
        ) as planned_date
    from rules
    cross join months

),

final as (

    select
        planned.legal_entity,
        planned.component_kind,
        planned.period,
        business_days.pay_run_date
    from planned
    inner join business_days
        on planned.planned_date = business_days.date_day
    where business_days.pay_run_date is not null

)

select * from final
