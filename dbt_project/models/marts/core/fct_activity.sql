-- Grain: one row per activity of an employee (activity_key).
-- Why: the account is the one that the activity names, else that of its opportunity, else that of
-- its person.
with activities as (

    select * from {{ ref('conformed_activities') }}

),

employees as (

    select * from {{ ref('dim_employee') }}

),

persons as (

    select * from {{ ref('dim_person') }}
    where is_known

),

accounts as (

    select * from {{ ref('dim_account') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_linked') }}

),

final as (

    select
        activities.activity_key,

        employees.employee_key,
        coalesce(activities.person_key, {{ unknown_key('person') }}) as person_key,
        coalesce(
            accounts.account_key,
            nullif(opportunities.account_key, {{ unknown_key('account') }}),
            persons.account_key,
            {{ unknown_key('account') }}
        ) as account_key,
        opportunities.opportunity_key,

        activities.source_system,
        activities.source_instance,
        activities.source_id,
        activities.activity_type,
        activities.direction,
        activities.purpose,

        activities.is_human,

        activities.occurred_date,

        activities.occurred_at
    from activities
    left join employees
        on activities.employee_key = employees.employee_key
    left join persons
        on activities.person_key = persons.person_key
    left join accounts
        on activities.account_key = accounts.account_key
    left join opportunities
        on activities.opportunity_key = opportunities.opportunity_key

)

select * from final
