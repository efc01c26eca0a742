-- Grain: one row per target of a source (source_instance, kpi, team, target_month).
with source as (

    select * from {{ source('raw_file_drop', 'targets') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, kpi, team, target_month
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        kpi,
        team,
        target_month,
        target_value,
        attributes
    from newest

)

select * from final
