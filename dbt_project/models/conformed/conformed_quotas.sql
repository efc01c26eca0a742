-- Grain: one row per quota of a source (quota_key).
with quotas as (

    select * from {{ ref('stg_file_drop__quotas') }}

),

final as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'quota_id']) }} as quota_key,
        {{ employee_key('employee_id') }} as employee_key,

        source_system,
        source_instance,
        quota_id as source_id,
        replace(replace({{ normalised('measure') }}, '-', '_'), ' ', '_') as measure,
        currency_code,

        quota_amount as quota_amount_local,

        valid_from,
        valid_to
    from quotas

)

select * from final
