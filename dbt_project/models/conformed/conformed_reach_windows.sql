-- Grain: one row per window of reach of a source (reach_window_key).
with reach_windows as (

    select * from {{ ref('stg_file_drop__reach_windows') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

typed as (

    select
        *,
        case
            when {{ normalised('entity_type') }} in ('account', 'campaign')
                then {{ normalised('entity_type') }}
            else 'other'
        end as listed_entity_type
    from reach_windows

),

final as (

    select
        {{ surrogate_key([
            'typed.source_system',
            'typed.source_instance',
            'typed.platform',
            'typed.entity_type',
            'typed.entity_id',
            'typed.window_start',
            'typed.window_end',
        ]) }} as reach_window_key,
        {{ surrogate_key([
            'typed.source_system',
            'typed.source_instance',
            'typed.platform',
            'typed.entity_type',
            'typed.entity_id',
        ]) }} as entity_key,
        case
            when typed.listed_entity_type = 'campaign'
                then {{ reference_key('reference_origins.campaigns_origin', 'typed.entity_id') }}
        end as campaign_key,

        typed.source_system,
        typed.source_instance,
        typed.platform,
        typed.listed_entity_type as entity_type,
        typed.entity_id,
        typed.attributes,

        typed.reach,
        typed.frequency,

        typed.window_start,
        typed.window_end
    from typed
    left join reference_origins
        on typed.source_instance = reference_origins.source_name

)

select * from final
