-- Grain: one row per moment at which a person is scored (moment_key).
-- Why: a score is as of a moment, a hand-off or the entry into a stage; the rules are the same. An
-- account counts once it existed: before that it was nobody's.
with described as (

    select * from {{ ref('int_handoffs_described') }}

),

decided as (

    select * from {{ ref('int_handoffs_decided') }}

),

milestones as (

    select * from {{ ref('int_person_milestones') }}

),

cycles as (

    select * from {{ ref('int_person_cycles') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

entries as (

    select
        person_key,
        cycle_number,
        actual_at
    from milestones
    where actual_at is not null
    group by
        person_key,
        cycle_number,
        actual_at

),

unioned as (

    select
        described.handoff_key as moment_key,
        described.person_key,
        described.lead_key,
        cast(null as integer) as cycle_number,
        decided.assigned_at as scored_at
    from described
    inner join decided
        on described.handoff_key = decided.handoff_key
    union all
    select
        {{ surrogate_key([
            'entries.person_key', 'entries.cycle_number', 'entries.actual_at'
        ]) }} as moment_key,
        entries.person_key,
        cycles.lead_key,
        entries.cycle_number,
        entries.actual_at as scored_at
    from entries
    inner join cycles
        on
            entries.person_key = cycles.person_key
            and entries.cycle_number = cycles.cycle_number

),

final as (

    select
        unioned.moment_key,
        unioned.person_key,
        unioned.lead_key,

        unioned.cycle_number,

        accounts.account_key is not null
        and coalesce(
            accounts.created_date <= {{ company_date('unioned.scored_at') }}, true
        ) as is_account_known,

        unioned.scored_at
    from unioned
    left join leads
        on unioned.lead_key = leads.lead_key
    left join accounts
        on leads.account_key = accounts.account_key

)

select * from final
