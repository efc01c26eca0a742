-- Grain: one row per answer to a survey of a source (source_instance, survey_response_id).
-- Why: what was said in free text stays in raw; it may name people.
with source as (

    select * from {{ source('raw_file_drop', 'surveys') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, survey_response_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        survey_response_id,
        account_id,
        person_id,
        kind,
        score,
        answered_at,
        attributes
    from newest

)

select * from final
