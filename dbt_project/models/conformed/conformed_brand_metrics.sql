-- Grain: one row per brand, market and week of a source (brand_metric_source_key).
with brand_metrics as (

    select * from {{ ref('stg_file_drop__brand_metrics') }}

),

final as (

    select
        {{ surrogate_key([
            'source_system', 'source_instance', 'brand', 'market', 'week_start'
        ]) }} as brand_metric_source_key,

        source_system,
        source_instance,
        brand,
        market,
        attributes,

        branded_searches,
        share_of_search,
        exposures,
        share_of_voice,
        direct_sessions,

        week_start
    from brand_metrics

)

select * from final
