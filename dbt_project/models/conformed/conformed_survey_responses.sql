-- Grain: one row per answer to a survey (survey_response_key).
with surveys as (

    select * from {{ ref('stg_file_drop__surveys') }}

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
        {{ reference_key('reference_origins.accounts_origin', 'surveys.account_id') }}
            as account_key,
        {{ reference_key('reference_origins.people_origin', 'surveys.person_id') }}
            as person_record_key,

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

)

select * from final
