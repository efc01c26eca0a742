-- Grain: one row per referral (referral_key).
with referrals as (

    select * from {{ ref('stg_file_drop__referrals') }}

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

lead_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'leads' and not is_standing

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
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'referrals.referrer_person_id'
        ) }} as referrer_person_record_key,
        {{ surviving_key(
            'referrers_aliases', 'reference_origins.accounts_origin', 'referrals.referrer_account_id'
        ) }} as referrer_account_key,
        {{ surviving_key(
            'referred_aliases', 'reference_origins.accounts_origin', 'referrals.referred_account_id'
        ) }} as referred_account_key,
        {{ surviving_key(
            'lead_aliases', 'reference_origins.leads_origin', 'referrals.referred_lead_id'
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
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'referrals.referrer_person_id'
        ) }}
    left join account_aliases as referrers_aliases
        on {{ merged_away(
            'referrers_aliases', 'reference_origins.accounts_origin', 'referrals.referrer_account_id'
        ) }}
    left join account_aliases as referred_aliases
        on {{ merged_away(
            'referred_aliases', 'reference_origins.accounts_origin', 'referrals.referred_account_id'
        ) }}
    left join lead_aliases
        on {{ merged_away(
            'lead_aliases', 'reference_origins.leads_origin', 'referrals.referred_lead_id'
        ) }}

)

select * from final
