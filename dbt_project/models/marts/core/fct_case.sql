-- Grain: one row per support case (case_key).
-- Why: a solution after the as-of date is not yet known; one before the opening is a wrong date and
-- has no duration.
with cases as (

    select * from {{ ref('conformed_cases') }}

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
        cases.*,
        people.person_key,
        people.exclusion_reason as person_exclusion_reason,
        coalesce(
            named_accounts.account_key,
            persons.account_key,
            {{ unknown_key('account') }}
        ) as known_account_key,
        coalesce(cases.resolved_date <= {{ as_of_date() }}, false) as is_resolved
    from cases
    left join accounts as named_accounts
        on cases.account_key = named_accounts.account_key
    left join people
        on cases.person_record_key = people.person_record_key
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
        case_key,

        known_account_key as account_key,
        person_key,

        source_system,
        source_instance,
        source_id,
        kind,
        exclusion_reason,

        case
            when is_resolved and resolved_at >= opened_at
                then {{ hours_between('opened_at', 'resolved_at') }}
        end as resolution_hours,

        not is_resolved as is_open,
        is_resolved and resolved_at < opened_at as has_date_conflict,
        exclusion_reason is null as is_reportable,

        opened_date,
        case when is_resolved then resolved_date end as resolved_date,

        opened_at,
        case when is_resolved then resolved_at end as resolved_at
    from reasoned

)

select * from final
