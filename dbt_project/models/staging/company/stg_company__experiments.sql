-- Grain: one row per lift test (experiment).
with source as (

    select * from {{ source('rules', 'experiment') }}

),

final as (

    select
        experiment,
        channel_name,
        campaign_id,
        conversion_type,
        source as evidence_source,
        incremental_conversions,
        lowest_conversions,
        highest_conversions,
        incremental_amount,
        lowest_amount,
        highest_amount,
        confidence,
        start_date,
        end_date
    from source

)

select * from final
