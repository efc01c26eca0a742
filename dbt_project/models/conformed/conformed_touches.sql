-- Grain: one row per touch of a source (touch_key).
-- Why: a touch belongs to the person its source links it to, else to that of the lead, else to that
-- of the address, as leads do. Whom an anonymous id stands for, int_anonymous_persons says.
with touches as (

    select * from {{ ref('stg_file_drop__touches') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

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

address_aliases as (

    select * from {{ ref('int_address_aliases') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

keyed as (

    select
        {{ surrogate_key([
            'touches.source_system', 'touches.source_instance', 'touches.touch_id'
        ]) }} as touch_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'touches.person_id'
        ) }} as person_record_key,
        {{ surviving_key(
            'lead_aliases', 'reference_origins.leads_origin', 'touches.lead_id'
        ) }} as lead_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'touches.account_id'
        ) }} as account_key,
        {{ reference_key('reference_origins.campaigns_origin', 'touches.campaign_id') }}
            as campaign_key,
        {{ reference_key(
            'reference_origins.content_assets_origin', 'touches.content_asset_id'
        ) }} as content_asset_key,
        {{ surrogate_key([
            'touches.utm_source',
            'touches.utm_medium',
            'touches.utm_campaign',
            'touches.referrer',
            'touches.click_id_type',
            'touches.source_field',
        ]) }} as channel_fields_key,
        case
            when touches.session_id is not null
                then {{ surrogate_key([
                    'touches.source_system', 'touches.source_instance', 'touches.session_id'
                ]) }}
        end as session_key,

        touches.source_system,
        touches.source_instance,
        touches.touch_id as source_id,
        coalesce({{ normalised('touches.touch_type') }}, 'not_recorded') as touch_type,
        touches.anonymous_id,
        touches.email_hash,
        touches.email_domain,
        touches.utm_source,
        touches.utm_medium,
        touches.utm_campaign,
        touches.referrer,
        touches.click_id_type,
        touches.source_field,
        touches.user_agent,
        touches.ip_address,
        touches.attributes,

        touches.has_consent,

        {{ company_date('touches.touched_at') }} as touched_date,

        touches.touched_at
    from touches
    left join reference_origins
        on touches.source_instance = reference_origins.source_name
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'touches.person_id'
        ) }}
    left join lead_aliases
        on {{ merged_away(
            'lead_aliases', 'reference_origins.leads_origin', 'touches.lead_id'
        ) }}
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'touches.account_id'
        ) }}

),

final as (

    select
        keyed.*,
        coalesce(
            people.person_key,
            leads.person_key,
            address_aliases.person_key,
            {{ address_person_key('keyed.email_hash') }}
        ) as known_person_key
    from keyed
    left join people
        on keyed.person_record_key = people.person_record_key
    left join leads
        on keyed.lead_key = leads.lead_key
    left join address_aliases
        on {{ address_person_key('keyed.email_hash') }} = address_aliases.lost_person_key

)

select * from final
