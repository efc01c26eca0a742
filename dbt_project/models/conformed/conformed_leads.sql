-- Grain: one row per lead of a source (lead_key).
-- Why: a lead is the person its source links it to, else that of the lead that it was merged into,
-- else the person of its e-mail, else its own, which no record of a person shares: sources may count
-- leads and people from 1 each.
with leads as (

    select * from {{ ref('stg_file_drop__leads') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

lead_stages as (

    select * from {{ ref('int_lead_statuses_mapped') }}

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
    where entity = 'leads'

),

address_aliases as (

    select * from {{ ref('int_address_aliases') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

internal_domains as (

    select * from {{ ref('stg_company__internal_domains') }}

),

keyed as (

    select
        {{ surrogate_key([
            'leads.source_system', 'leads.source_instance', 'leads.lead_id'
        ]) }} as lead_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'leads.person_id'
        ) }} as person_record_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'leads.account_id'
        ) }} as account_key,
        {{ employee_key('leads.owner_employee_id') }} as owner_employee_key,
        {{ reference_key('reference_origins.campaigns_origin', 'leads.campaign_id') }}
            as campaign_key,
        {{ reference_key(
            'reference_origins.content_assets_origin', 'leads.content_asset_id'
        ) }} as content_asset_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'leads.converted_opportunity_id'
        ) }} as converted_opportunity_key,

        leads.source_system,
        leads.source_instance,
        leads.lead_id as source_id,
        leads.lead_status,
        lead_stages.stage,
        leads.segment,
        leads.region,
        leads.country,
        leads.persona,
        leads.email_hash,
        leads.utm_source,
        leads.utm_medium,
        leads.utm_campaign,
        leads.referrer,
        leads.click_id_type,
        leads.source_field,
        leads.rejection_reason,
        leads.attributes,

        leads.score,

        case
            when leads.is_deleted then 'deleted'
            when leads.is_test then 'test'
            when leads.is_duplicate then 'duplicate'
            when internal_domains.domain is not null then 'internal'
        end as exclusion_reason,

        {{ company_date('leads.created_at') }} as created_date,

        leads.created_at,
        leads.mql_at,
        leads.handed_off_at,
        leads.accepted_at,
        leads.rejected_at,
        leads.qualified_at
    from leads
    left join reference_origins
        on leads.source_instance = reference_origins.source_name
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'leads.person_id'
        ) }}
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'leads.account_id'
        ) }}
    left join internal_domains
        on leads.email_domain = internal_domains.domain
    left join lead_stages
        on
            leads.source_instance = lead_stages.source_instance
            and leads.lead_status = lead_stages.lead_status

),

identified as (

    select
        keyed.lead_key,
        people.person_key as linked_person_key,
        coalesce(
            people.person_key,
            address_aliases.person_key,
            {{ address_person_key('keyed.email_hash') }},
            {{ surrogate_key(["'lead'", 'keyed.lead_key']) }}
        ) as own_person_key
    from keyed
    left join people
        on keyed.person_record_key = people.person_record_key
    left join address_aliases
        on {{ address_person_key('keyed.email_hash') }} = address_aliases.lost_person_key

),

final as (

    select
        keyed.*,
        coalesce(
            identified.linked_person_key,
            survivors.own_person_key,
            identified.own_person_key
        ) as person_key,
        keyed.exclusion_reason is null as is_reportable
    from keyed
    inner join identified
        on keyed.lead_key = identified.lead_key
    left join lead_aliases
        on keyed.lead_key = lead_aliases.losing_key
    left join identified as survivors
        on lead_aliases.surviving_key = survivors.lead_key

)

select * from final
