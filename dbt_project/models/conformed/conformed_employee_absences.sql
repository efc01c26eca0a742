-- Grain: one row per absence of a source (absence_key).
with absences as (

    select * from {{ ref('stg_file_drop__employee_absences') }}

),

final as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'absence_id']) }}
            as absence_key,
        {{ employee_key('employee_id') }} as employee_key,

        source_system,
        source_instance,
        absence_id as source_id,
        {{ normalised('kind') }} as absence_kind,

        valid_from,
        valid_to,

        created_at
    from absences

)

select * from final
