-- Grain: one row per contact role of a source (contact_role_key).
-- Why: roles in the contract's words; a word outside its list is other, none is not_recorded.
with contact_roles as (

    select * from {{ ref('stg_file_drop__opportunity_contact_roles') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

keyed as (

    select
        {{ surrogate_key([
            'contact_roles.source_system',
            'contact_roles.source_instance',
            'contact_roles.contact_role_id',
        ]) }} as contact_role_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'contact_roles.opportunity_id'
        ) }} as opportunity_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'contact_roles.person_id'
        ) }} as person_record_key,

        contact_roles.source_system,
        contact_roles.source_instance,
        contact_roles.contact_role_id as source_id,
        replace(replace({{ normalised('contact_roles.role') }}, '-', '_'), ' ', '_')
            as source_role,

        contact_roles.is_primary,

        contact_roles.valid_from
    from contact_roles
    left join reference_origins
        on contact_roles.source_instance = reference_origins.source_name
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'contact_roles.person_id'
        ) }}

),

final as (

    select
        keyed.contact_role_key,
        keyed.opportunity_key,
        keyed.person_record_key,
        people.person_key,

        keyed.source_system,
        keyed.source_instance,
        keyed.source_id,
        case
            when keyed.source_role is null then 'not_recorded'
            else {{ listed(
                'keyed.source_role',
                [
                    'champion', 'decision_maker', 'economic_buyer', 'influencer', 'user',
                    'blocker'
                ],
                'other'
            ) }}
        end as role,

        keyed.is_primary,

        keyed.valid_from
    from keyed
    left join people
        on keyed.person_record_key = people.person_record_key

)

select * from final
