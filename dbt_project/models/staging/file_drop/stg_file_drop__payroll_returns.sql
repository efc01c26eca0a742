-- Grain: one row per payroll return of a source (source_instance, payroll_return_id).
with source as (

    select * from {{ source('raw_file_drop', 'payroll_returns') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, payroll_return_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        payroll_return_id,
        employee_id,
        pay_run_date,
        component,
        period,
        paid_amount,
        currency_code,
        attributes
    from newest

)

select * from final
