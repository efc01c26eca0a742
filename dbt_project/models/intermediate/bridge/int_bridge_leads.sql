-- Grain: one row per source object, its month, Concord's month and reason (bridge_key).
-- Why: the source counts records in the month of creation; the KPI counts each person once, in the
-- month of becoming known. What a record's own flags say goes before those of its account.
with leads as (

    select * from {{ ref('stg_file_drop__leads') }}

),

conformed_leads as (

    select * from {{ ref('conformed_leads') }}

),

accounts as (

    select * from {{ ref('conformed_accounts') }}

),

members as (

    select * from {{ ref('int_person_cycle_members') }}
    where entity = 'lead'

),

person_cycles as (

    select * from {{ ref('int_kpi_person_cycles') }}

),

delivered as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'lead_id']) }} as lead_key,
        source_system,
        source_instance,
        {{ company_date('created_at') }} as created_date
    from leads

),

compared as (

    select
        delivered.source_system,
        delivered.source_instance,
        case
            when delivered.created_date <= {{ as_of_date() }}
                then {{ first_of_month('delivered.created_date') }}
        end as source_month,
        case
            when person_cycles.lead_date <= {{ as_of_date() }}
                then {{ first_of_month('person_cycles.lead_date') }}
        end as concord_month,
        case
            when person_cycles.lead_date > {{ as_of_date() }} then 'date_shift'
            when person_cycles.first_lead_key is not null
                then case when delivered.created_date is null then 'undated' end
            when conformed_leads.exclusion_reason is not null
                then conformed_leads.exclusion_reason
            when {{ inherited_exclusion('accounts.exclusion_reason') }} is not null
                then accounts.exclusion_reason
            when members.record_key is null then 'excluded_person'
            else 'same_person'
        end as reason
    from delivered
    left join conformed_leads
        on delivered.lead_key = conformed_leads.lead_key
    left join accounts
        on conformed_leads.account_key = accounts.account_key
    left join members
        on delivered.lead_key = members.record_key
    left join person_cycles
        on delivered.lead_key = person_cycles.first_lead_key

),

summed as (

    select
        source_system,
        source_instance,
        'leads' as source_object,
        'leads' as kpi,
        reason,

        cast(count(source_month) as decimal(38, 6)) as source_value,
        cast(count(concord_month) as decimal(38, 6)) as concord_value,

        source_month,
        concord_month
    from compared
    where coalesce(source_month, concord_month) is not null
    group by
        source_system,
        source_instance,
        reason,
        source_month,
        concord_month

),

final as (

    select
        {{ surrogate_key([
            'source_system',
            'source_instance',
            'source_object',
            'source_month',
            'concord_month',
            'reason',
        ]) }} as bridge_key,
        *
    from summed

)

select * from final
