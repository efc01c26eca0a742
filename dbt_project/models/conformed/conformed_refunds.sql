-- Grain: one row per refund or cancellation (refund_key).
with refunds as (

    select * from {{ ref('stg_file_drop__refunds') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'refunds.source_system', 'refunds.source_instance', 'refunds.refund_id'
        ]) }} as refund_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'refunds.opportunity_id'
        ) }} as opportunity_key,

        refunds.source_system,
        refunds.source_instance,
        refunds.refund_id as source_id,
        {{ normalised('refunds.reason') }} as refund_reason,
        refunds.currency_code,

        refunds.amount as amount_local,

        refunds.refund_date,

        refunds.created_at
    from refunds
    left join reference_origins
        on refunds.source_instance = reference_origins.source_name

)

select * from final
