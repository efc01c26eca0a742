-- Grain: one row per message from one function to another, or from a customer (feedback_key).
-- Why: an answer after the as-of date is not yet known; one before the question is a wrong date
-- and has no duration.
with feedback as (

    select * from {{ ref('conformed_feedback') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

linked as (

    select
        feedback.*,
        coalesce(
            named_accounts.account_key,
            opportunities.account_key,
            {{ unknown_key('account') }}
        ) as known_account_key,
        opportunities.opportunity_key as known_opportunity_key,
        coalesce(feedback.answered_date <= {{ as_of_date() }}, false) as is_answered
    from feedback
    left join accounts as named_accounts
        on feedback.account_key = named_accounts.account_key
    left join opportunities
        on feedback.opportunity_key = opportunities.opportunity_key

),

final as (

    select
        linked.feedback_key,

        linked.known_account_key as account_key,
        linked.known_opportunity_key as opportunity_key,

        linked.source_system,
        linked.source_instance,
        linked.source_id,
        linked.from_function,
        linked.to_function,
        linked.theme,
        linked.objection,
        linked.competitor,
        {{ inherited_exclusion('accounts.exclusion_reason') }} as exclusion_reason,

        case
            when linked.is_answered and linked.answered_at >= linked.given_at
                then cast(
                    {{ days_between('linked.given_date', 'linked.answered_date') }}
                    as integer
                )
        end as answer_days,

        linked.is_answered,
        linked.is_answered and linked.answered_at < linked.given_at as has_date_conflict,
        {{ inherited_exclusion('accounts.exclusion_reason') }} is null as is_reportable,

        linked.given_date,
        case when linked.is_answered then linked.answered_date end as answered_date,

        linked.given_at,
        case when linked.is_answered then linked.answered_at end as answered_at
    from linked
    left join accounts
        on linked.known_account_key = accounts.account_key

)

select * from final
