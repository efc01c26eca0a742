-- Grain: one row per brand, market and week (brand_metric_key).
-- Why: each number comes from the source that sources.yml names first among those that know it.
with brand_metrics as (

    select * from {{ ref('conformed_brand_metrics') }}

),

sources as (

    select * from {{ ref('stg_company__sources') }}

),

ranked as (

    select
        brand_metrics.*,
        sources.source_rank
    from brand_metrics
    left join sources
        on brand_metrics.source_instance = sources.source_name

),

merged as (

    select
        brand,
        market,
        {{ first_value_by('branded_searches', ['source_rank', 'source_instance']) }}
            as branded_searches,
        {{ first_value_by('share_of_search', ['source_rank', 'source_instance']) }}
            as share_of_search,
        {{ first_value_by('exposures', ['source_rank', 'source_instance']) }}
            as exposures,
        {{ first_value_by('share_of_voice', ['source_rank', 'source_instance']) }}
            as share_of_voice,
        {{ first_value_by('direct_sessions', ['source_rank', 'source_instance']) }}
            as direct_sessions,
        week_start
    from ranked
    group by brand, market, week_start

),

final as (

    select
        {{ surrogate_key(['brand', 'market', 'week_start']) }} as brand_metric_key,

        brand,
        market,

        branded_searches,
        share_of_search,
        exposures,
        share_of_voice,
        direct_sessions,

        week_start
    from merged

)

select * from final
