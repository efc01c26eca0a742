-- Grain: one row per lead and period of one owner (lead_key, owned_from).
-- Why: without any change the owner of today always was; before the first change nobody
-- is known. A change to the same owner is none.
with leads as (

    select * from {{ ref('conformed_leads') }}

),

changes as (

    select * from {{ ref('conformed_lead_changes') }}
    where owner_employee_key is not null and changed_date <= {{ as_of_date() }}

),

-- Of two owners at one moment the later row of the source counts.
newest as (

    select * from changes
    qualify row_number() over (
        partition by lead_key, changed_at
        order by source_instance desc, source_id desc
    ) = 1

),

compared as (

    select
        lead_key,
        owner_employee_key,
        changed_at,
        lag(owner_employee_key) over (partition by lead_key order by changed_at)
            as previous_owner_key
    from newest

),

unioned as (

    select
        lead_key,
        owner_employee_key,
        changed_at as owned_from
    from compared
    where owner_employee_key is distinct from previous_owner_key
    union all
    select
        leads.lead_key,
        leads.owner_employee_key,
        timestamp '0001-01-01' as owned_from
    from leads
    left join newest
        on leads.lead_key = newest.lead_key
    where newest.lead_key is null and leads.owner_employee_key is not null

),

final as (

    select
        lead_key,
        owner_employee_key,

        owned_from,
        lead(owned_from) over (partition by lead_key order by owned_from) as owned_to
    from unioned

)

select * from final
