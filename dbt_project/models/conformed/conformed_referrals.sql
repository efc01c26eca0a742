-- Grain: one row per referral (referral_key).
with referrals as (

    select * from {{ ref('stg_file_drop__referrals') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'referrals.source_system',
            'referrals.source_instance',
            'referrals.referral_id',
        ]) }} as referral_key,
        {{ reference_key(
            'reference_origins.people_origin', 'referrals.referrer_person_id'
        ) }} as referrer_person_record_key,
        {{ reference_key(
            'reference_origins.accounts_origin', 'referrals.referrer_account_id'
        ) }} as referrer_account_key,
        {{ reference_key(
            'reference_origins.accounts_origin', 'referrals.referred_account_id'
        ) }} as referred_account_key,
        {{ reference_key(
            'reference_origins.leads_origin', 'referrals.referred_lead_id'
        ) }} as referred_lead_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'referrals.opportunity_id'
        ) }} as opportunity_key,

        referrals.source_system,
        referrals.source_instance,
        referrals.referral_id as source_id,

        referrals.referred_date
    from referrals
    left join reference_origins
        on referrals.source_instance = reference_origins.source_name

)

select * from final
