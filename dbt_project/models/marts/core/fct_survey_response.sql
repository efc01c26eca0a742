-- Grain: one row per answer to a survey (survey_response_key).
-- Why: of the account it names, else of its person's; the bounds of the NPS groups are Reichheld's
-- and stand in dbt_project.yml.
with survey_responses as (

    select * from {{ ref('conformed_survey_responses') }}

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

linked as (

    select
        survey_responses.*,
        people.person_key,
        people.exclusion_reason as person_exclusion_reason,
        coalesce(
            named_accounts.account_key,
            persons.account_key,
            {{ unknown_key('account') }}
        ) as known_account_key
    from survey_responses
    left join accounts as named_accounts
        on survey_responses.account_key = named_accounts.account_key
    left join people
        on survey_responses.person_record_key = people.person_record_key
    left join persons
        on people.person_key = persons.person_key

),

reasoned as (

    select
        linked.*,
        coalesce(
            {{ inherited_exclusion('accounts.exclusion_reason') }},
            {{ inherited_exclusion('linked.person_exclusion_reason') }}
        ) as exclusion_reason
    from linked
    left join accounts
        on linked.known_account_key = accounts.account_key

),

final as (

    select
        survey_response_key,

        known_account_key as account_key,
        person_key,

        source_system,
        source_instance,
        source_id,
        kind,
        case
            when kind <> 'nps' then null
            when score >= {{ var('nps_promoter_at_least') }} then 'promoter'
            when score >= {{ var('nps_passive_at_least') }} then 'passive'
            else 'detractor'
        end as nps_category,
        exclusion_reason,

        score,

        exclusion_reason is null as is_reportable,

        answered_date,

        answered_at
    from reasoned

)

select * from final
