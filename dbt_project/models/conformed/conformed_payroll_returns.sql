-- Grain: one row per payment that payroll returned (payroll_return_key).
with returns as (

    select * from {{ ref('stg_file_drop__payroll_returns') }}

),

final as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'payroll_return_id']) }}
            as payroll_return_key,
        {{ employee_key('employee_id') }} as employee_key,

        source_system,
        source_instance,
        payroll_return_id as source_id,
        {{ normalised('component') }} as component,
        currency_code,

        paid_amount as paid_amount_local,

        pay_run_date,
        period as period_start
    from returns

)

select * from final
