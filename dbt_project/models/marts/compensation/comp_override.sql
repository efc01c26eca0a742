-- Grain: one row per amount of pay that was decided by hand (override_key).
-- Why: only what somebody else than author and payee approved is paid, and nothing that ran
-- out before the end of the month that would post it; what was posted in time stays.
with overrides as (

    select * from {{ ref('conformed_compensation_overrides') }}

),

override_months as (

    select * from {{ ref('int_comp_override_months') }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

posting_months as (

    select
        months.period,
        paying.period_end
    from months
    inner join months as paying
        on months.posting_period = paying.period

),

posted as (

    select
        override_key,
        max(posting_key) as posting_key,
        cast(sum(amount) as decimal(18, 2)) as amount
    from {{ ref('int_comp_posted_amounts') }}
    where override_key is not null
    group by override_key

),

payees as (

    select * from {{ ref('comp_payee') }}

),

final as (

    select
        overrides.override_key,
        override_months.payee_key,
        posted.posting_key,

        overrides.source_system,
        overrides.source_id,
        {{ payee_key('overrides.author_employee_key') }} as author,
        case
            when overrides.approver_employee_key is not null
                then {{ payee_key('overrides.approver_employee_key') }}
        end as approver,
        coalesce(overrides.currency_code, payees.currency_code) as currency_code,
        overrides.reason,
        case
            when overrides.approver_employee_key is null then 'not_approved'
            when
                overrides.approver_employee_key = overrides.author_employee_key
                or overrides.approver_employee_key = overrides.employee_key
                then 'refused'
            when posted.override_key is not null then 'approved'
            when overrides.valid_to <= posting_months.period_end then 'expired'
            else 'approved'
        end as status,

        posted.override_key is not null as is_posted,

        cast(overrides.amount_local as decimal(18, 2)) as amount,
        coalesce(posted.amount, 0) as posted_amount,

        overrides.period_start as period,
        override_months.origin_period,
        overrides.valid_to
    from overrides
    inner join override_months
        on overrides.override_key = override_months.override_key
    left join payees
        on override_months.payee_key = payees.payee_key
    left join posting_months
        on override_months.origin_period = posting_months.period
    left join posted
        on overrides.override_key = posted.override_key

)

select * from final
