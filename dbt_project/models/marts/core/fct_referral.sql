-- Grain: one row per referral (referral_key).
-- Why: who referred is a person, a customer or both; a person refers for the own account. Who was
-- referred is the named account, else that of the opportunity or the lead it made.
with referrals as (

    select * from {{ ref('conformed_referrals') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

persons as (

    select * from {{ ref('dim_person') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

linked as (

    select
        referrals.*,
        people.person_key as referrer_person_key,
        coalesce(
            referrer_accounts.account_key,
            referrers.account_key,
            {{ unknown_key('account') }}
        ) as known_referrer_account_key,
        coalesce(
            referred_accounts.account_key,
            opportunities.account_key,
            referred_persons.account_key,
            {{ unknown_key('account') }}
        ) as known_referred_account_key,
        leads.lead_key as known_lead_key,
        leads.person_key as referred_person_key,
        opportunities.opportunity_key as known_opportunity_key,
        coalesce(opportunities.is_won, false) as is_won,
        opportunities.exclusion_reason as opportunity_exclusion_reason,
        people.exclusion_reason as referrer_exclusion_reason,
        leads.exclusion_reason as lead_exclusion_reason
    from referrals
    left join people
        on referrals.referrer_person_record_key = people.person_record_key
    left join persons as referrers
        on people.person_key = referrers.person_key
    left join leads
        on referrals.referred_lead_key = leads.lead_key
    left join persons as referred_persons
        on leads.person_key = referred_persons.person_key
    left join opportunities
        on referrals.opportunity_key = opportunities.opportunity_key
    left join accounts as referrer_accounts
        on referrals.referrer_account_key = referrer_accounts.account_key
    left join accounts as referred_accounts
        on referrals.referred_account_key = referred_accounts.account_key

),

reasoned as (

    select
        linked.*,
        coalesce(
            {{ inherited_exclusion('referrer_accounts.exclusion_reason') }},
            {{ inherited_exclusion('referred_accounts.exclusion_reason') }},
            {{ inherited_exclusion('linked.referrer_exclusion_reason') }},
            {{ inherited_exclusion('linked.lead_exclusion_reason') }},
            {{ inherited_exclusion('linked.opportunity_exclusion_reason') }}
        ) as exclusion_reason
    from linked
    left join accounts as referrer_accounts
        on linked.known_referrer_account_key = referrer_accounts.account_key
    left join accounts as referred_accounts
        on linked.known_referred_account_key = referred_accounts.account_key

),

final as (

    select
        referral_key,

        referrer_person_key,
        known_referrer_account_key as referrer_account_key,
        known_referred_account_key as referred_account_key,
        referred_person_key,
        known_lead_key as referred_lead_key,
        known_opportunity_key as opportunity_key,

        source_system,
        source_instance,
        source_id,
        exclusion_reason,

        is_won,
        exclusion_reason is null as is_reportable,

        referred_date
    from reasoned

)

select * from final
