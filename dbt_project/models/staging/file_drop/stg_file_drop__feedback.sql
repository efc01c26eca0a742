-- Grain: one row per message of feedback of a source (source_instance, feedback_id).
with source as (

    select * from {{ source('raw_file_drop', 'feedback') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, feedback_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        feedback_id,
        from_function,
        to_function,
        account_id,
        opportunity_id,
        theme,
        objection,
        competitor,
        given_at,
        answered_at,
        attributes
    from newest

)

select * from final
