-- Grain: one row per brand, market and week of a source (source_instance, brand, market, week_start).
with source as (

    select * from {{ source('raw_file_drop', 'brand_metrics') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, brand, market, week_start
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        brand,
        market,
        week_start,
        branded_searches,
        share_of_search,
        exposures,
        share_of_voice,
        direct_sessions,
        attributes
    from newest

)

select * from final
