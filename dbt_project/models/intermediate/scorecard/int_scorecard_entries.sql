-- Grain: one row per employee, kind and record that a scorecard counts (employee_key, entry_kind, record_key).
-- Why: four kinds of records in one shape, each on its day: a deal that was decided is
-- its owner's, a part of a won amount whoever is credited with it.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

credits as (

    select * from {{ ref('int_opportunity_credits') }}

),

quotas as (

    select * from {{ ref('int_booking_quotas') }}

),

activities as (

    select * from {{ ref('fct_activity') }}

),

unioned as (

    select
        owner_employee_key as employee_key,
        'deal' as entry_kind,
        opportunity_key as record_key,
        case when is_won then 1 else 0 end as won_count,
        case when is_lost then 1 else 0 end as lost_count,
        sales_cycle_days,
        cast(null as decimal(18, 2)) as credited_amount,
        cast(null as decimal(18, 2)) as quota_amount,
        cast(null as varchar) as direction,
        close_date as entry_date
    from opportunities
    where
        is_reportable
        and (is_won or is_lost)
        and close_date <= {{ as_of_date() }}
        and owner_employee_key is not null
    union all
    select
        employee_key,
        'credit' as entry_kind,
        opportunity_key as record_key,
        0 as won_count,
        0 as lost_count,
        cast(null as integer) as sales_cycle_days,
        credited_amount,
        cast(null as decimal(18, 2)) as quota_amount,
        cast(null as varchar) as direction,
        close_date as entry_date
    from credits
    where close_date <= {{ as_of_date() }}
    union all
    select
        employee_key,
        'quota' as entry_kind,
        cast(quota_month as varchar) as record_key,
        0 as won_count,
        0 as lost_count,
        cast(null as integer) as sales_cycle_days,
        cast(null as decimal(18, 2)) as credited_amount,
        quota_amount,
        cast(null as varchar) as direction,
        quota_month as entry_date
    from quotas
    union all
    select
        employee_key,
        'activity' as entry_kind,
        activity_key as record_key,
        0 as won_count,
        0 as lost_count,
        cast(null as integer) as sales_cycle_days,
        cast(null as decimal(18, 2)) as credited_amount,
        cast(null as decimal(18, 2)) as quota_amount,
        direction,
        occurred_date as entry_date
    from activities
    where
        is_human
        and employee_key is not null
        and occurred_date <= {{ as_of_date() }}

),

final as (

    select * from unioned

)

select * from final
