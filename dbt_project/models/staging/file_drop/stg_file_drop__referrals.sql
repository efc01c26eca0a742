-- Grain: one row per referral of a source (source_instance, referral_id).
with source as (

    select * from {{ source('raw_file_drop', 'referrals') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, referral_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        referral_id,
        referrer_person_id,
        referrer_account_id,
        referred_account_id,
        referred_lead_id,
        referred_date,
        opportunity_id,
        attributes
    from newest

)

select * from final
