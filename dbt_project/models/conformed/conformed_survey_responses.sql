-- Grain: one row per answer to a survey (survey_response_key).
with surveys as (

    select * from {{ ref('stg_file_drop__surveys') }}

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'surveys.source_system',
            'surveys.source_instance',
            'surveys.survey_response_id',
        ]) }} as survey_response_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'surveys.account_id'
        ) }} as account_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'surveys.person_id'
        ) }} as person_record_key,

        surveys.source_system,
        surveys.source_instance,
        surveys.survey_response_id as source_id,
        {{ listed('surveys.kind', ['nps', 'csat'], 'other') }} as kind,

        surveys.score,

        {{ company_date('surveys.answered_at') }} as answered_date,

        surveys.answered_at
    from surveys
    left join reference_origins
        on surveys.source_instance = reference_origins.source_name
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'surveys.account_id'
        ) }}
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'surveys.person_id'
        ) }}

)

select * from final
