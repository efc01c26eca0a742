-- Grain: one row per amount of pay that was decided by hand (override_key).
with overrides as (

    select * from {{ ref('stg_file_drop__compensation_overrides') }}

),

final as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'override_id']) }}
            as override_key,
        {{ employee_key('employee_id') }} as employee_key,
        {{ employee_key('author_employee_id') }} as author_employee_key,
        {{ employee_key('approver_employee_id') }} as approver_employee_key,

        source_system,
        source_instance,
        override_id as source_id,
        currency_code,
        reason,

        amount as amount_local,

        period as period_start,
        valid_to,

        created_at
    from overrides

)

select * from final
