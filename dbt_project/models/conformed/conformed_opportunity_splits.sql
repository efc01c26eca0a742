-- Grain: one row per agreed share of a source (split_key).
with splits as (

    select * from {{ ref('stg_file_drop__opportunity_splits') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'splits.source_system', 'splits.source_instance', 'splits.split_id'
        ]) }} as split_key,
        {{ reference_key('reference_origins.opportunities_origin', 'splits.opportunity_id') }}
            as opportunity_key,
        {{ employee_key('splits.employee_id') }} as employee_key,

        splits.source_system,
        splits.source_instance,
        splits.split_id as source_id,
        {{ listed('splits.split_type', ['revenue', 'overlay'], 'other') }} as split_type,

        splits.share,

        splits.valid_from,

        splits.created_at
    from splits
    left join reference_origins
        on splits.source_instance = reference_origins.source_name

)

select * from final
