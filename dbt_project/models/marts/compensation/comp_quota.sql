-- Grain: one row per quota of a payee (quota_key).
with quotas as (

    select * from {{ ref('conformed_quotas') }}

),

final as (

    select
        quota_key,

        {{ payee_key('employee_key') }} as payee_key,

        source_system,
        source_id,
        measure,
        currency_code,
        reason,

        quota_amount_local as amount,

        valid_from,
        valid_to
    from quotas

)

select * from final
