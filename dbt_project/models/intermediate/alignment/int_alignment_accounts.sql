-- Grain: one row per month: where both teams worked on a target account (aspect, period_start).
-- Why: a target account that one team works on alone is a list that is not shared.
with accounts as (

    select * from {{ ref('dim_account') }}
    where is_target_account and is_reportable

),

touches as (

    select * from {{ ref('fct_touch') }}
    where business_function = 'marketing' and is_attributable

),

activities as (

    select * from {{ ref('fct_activity') }}
    where is_human

),

employees as (

    select * from {{ ref('dim_employee') }}
    where business_function in ('sales', 'sdr')

),

worked_on as (

    select
        account_key,
        {{ first_of_month('touched_date') }} as period_start,
        true as is_by_marketing,
        false as is_by_sales
    from touches
    where touched_date <= {{ as_of_date() }}
    union all
    select
        activities.account_key,
        {{ first_of_month('activities.occurred_date') }} as period_start,
        false as is_by_marketing,
        true as is_by_sales
    from activities
    inner join employees
        on activities.employee_key = employees.employee_key
    where activities.occurred_date <= {{ as_of_date() }}

),

by_account as (

    select
        worked_on.account_key,
        worked_on.period_start,
        bool_or(worked_on.is_by_marketing) and bool_or(worked_on.is_by_sales) as is_by_both
    from worked_on
    inner join accounts
        on worked_on.account_key = accounts.account_key
    group by worked_on.account_key, worked_on.period_start

),

final as (

    select
        'target_account_overlap' as aspect,

        cast(count(*) filter (where is_by_both) as decimal(38, 6)) as numerator,
        cast(count(*) as decimal(38, 6)) as denominator,

        period_start
    from by_account
    group by period_start

)

select * from final
