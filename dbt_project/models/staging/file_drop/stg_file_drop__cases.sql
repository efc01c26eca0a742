-- Grain: one row per support case of a source (source_instance, case_id).
with source as (

    select * from {{ source('raw_file_drop', 'cases') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, case_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        case_id,
        account_id,
        person_id,
        kind,
        opened_at,
        resolved_at,
        attributes
    from newest

)

select * from final
