-- Grain: one row per activity of a source (activity_key).
-- Why: whether the buyer answered is what the source says, else what funnel.yml says of the type,
-- else no. A purpose outside the contract's list lands in its open one.
{% set purposes = [
    "follow_up",
    "nurture",
    "negotiation",
    "check_in",
    "upsell",
    "cross_sell",
    "referral_request",
    "onboarding",
] %}
with activities as (

    select * from {{ ref('stg_file_drop__activities') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

touch_types as (

    select * from {{ ref('stg_company__touch_types') }}

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

lead_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'leads' and not is_standing

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

keyed as (

    select
        {{ surrogate_key([
            'activities.source_system', 'activities.source_instance', 'activities.activity_id'
        ]) }} as activity_key,
        {{ employee_key('activities.employee_id') }} as employee_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'activities.person_id'
        ) }} as person_record_key,
        {{ surviving_key(
            'lead_aliases', 'reference_origins.leads_origin', 'activities.lead_id'
        ) }} as lead_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'activities.account_id'
        ) }} as account_key,
        {{ reference_key('reference_origins.opportunities_origin', 'activities.opportunity_id') }}
            as opportunity_key,

        activities.source_system,
        activities.source_instance,
        activities.activity_id as source_id,
        coalesce({{ normalised('activities.activity_type') }}, 'not_recorded')
            as activity_type,
        replace(replace({{ normalised('activities.direction') }}, '-', '_'), ' ', '_')
            as source_direction,
        replace(replace({{ normalised('activities.purpose') }}, '-', '_'), ' ', '_')
            as source_purpose,
        activities.outcome,
        activities.attributes,

        not activities.is_automated as is_human,

        {{ company_date('activities.occurred_at') }} as occurred_date,

        activities.occurred_at
    from activities
    left join reference_origins
        on activities.source_instance = reference_origins.source_name
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'activities.person_id'
        ) }}
    left join lead_aliases
        on {{ merged_away(
            'lead_aliases', 'reference_origins.leads_origin', 'activities.lead_id'
        ) }}
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'activities.account_id'
        ) }}

),

final as (

    select
        keyed.activity_key,
        keyed.employee_key,
        coalesce(people.person_key, leads.person_key) as person_key,
        keyed.lead_key,
        keyed.account_key,
        keyed.opportunity_key,

        keyed.source_system,
        keyed.source_instance,
        keyed.source_id,
        keyed.activity_type,
        case
            when keyed.source_direction in ('one_way', 'two_way') then keyed.source_direction
            else coalesce(touch_types.direction, 'one_way')
        end as direction,
        case
            when keyed.source_purpose in ('{{ purposes | join("', '") }}')
                then keyed.source_purpose
            else 'other'
        end as purpose,
        keyed.outcome,
        keyed.attributes,

        keyed.is_human,

        keyed.occurred_date,

        keyed.occurred_at
    from keyed
    left join people
        on keyed.person_record_key = people.person_record_key
    left join leads
        on keyed.lead_key = leads.lead_key
    left join touch_types
        on keyed.activity_type = {{ normalised('touch_types.touch_type') }}

)

select * from final
