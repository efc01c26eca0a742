-- Grain: one row per contact role of a source (source_instance, contact_role_id).
with source as (

    select * from {{ source('raw_file_drop', 'opportunity_contact_roles') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, contact_role_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        contact_role_id,
        opportunity_id,
        person_id,
        role,
        coalesce(is_primary, false) as is_primary,
        valid_from,
        attributes
    from newest

)

select * from final
