-- Grain: one row per message of feedback (feedback_key).
-- Why: a function that is not on the list is other; beside them only a customer gives
-- feedback.
with feedback as (

    select * from {{ ref('stg_file_drop__feedback') }}

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'feedback.source_system', 'feedback.source_instance', 'feedback.feedback_id'
        ]) }} as feedback_key,
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'feedback.account_id'
        ) }} as account_key,
        {{ reference_key(
            'reference_origins.opportunities_origin', 'feedback.opportunity_id'
        ) }} as opportunity_key,

        feedback.source_system,
        feedback.source_instance,
        feedback.feedback_id as source_id,
        {{ business_function('feedback.from_function', also=['customer']) }} as from_function,
        {{ business_function('feedback.to_function') }} as to_function,
        {{ normalised('feedback.theme') }} as theme,
        {{ normalised('feedback.objection') }} as objection,
        nullif(trim(feedback.competitor), '') as competitor,

        {{ company_date('feedback.given_at') }} as given_date,
        {{ company_date('feedback.answered_at') }} as answered_date,

        feedback.given_at,
        feedback.answered_at
    from feedback
    left join reference_origins
        on feedback.source_instance = reference_origins.source_name
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'feedback.account_id'
        ) }}

)

select * from final
