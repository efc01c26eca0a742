-- Grain: one row per month of conversions, channel, model, measure and day on which a value became known (conversion_month, channel_key, model, measure, known_from).
with source as (

    select * from {{ source('published_before', 'credit_history') }}

),

final as (

    select
        channel_key,

        model,
        measure,

        value,

        conversion_month,
        known_from,
        known_to
    from source

)

select * from final
