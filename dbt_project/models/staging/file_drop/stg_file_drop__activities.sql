-- Grain: one row per activity of a source (source_instance, activity_id).
with source as (

    select * from {{ source('raw_file_drop', 'activities') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, activity_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        activity_id,
        occurred_at,
        activity_type,
        employee_id,
        person_id,
        lead_id,
        account_id,
        opportunity_id,
        direction,
        purpose,
        outcome,
        coalesce(is_automated, false) as is_automated,
        attributes
    from newest

)

select * from final
