-- Grain: one row per source of leads, source of changes and status that occurs (lead_source_instance, change_source_instance, lead_status).
-- Why: a change is told in the words of the lead's source, else in those of the source
-- that tells it, else in those of all (*); no rule is `unmapped`.
with changes as (

    select * from {{ ref('conformed_lead_changes') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

lead_statuses as (

    select * from {{ ref('stg_company__lead_statuses') }}

),

occurring as (

    select
        leads.source_instance as lead_source_instance,
        changes.source_instance as change_source_instance,
        changes.lead_status,
        count(*) as change_count
    from changes
    inner join leads
        on changes.lead_key = leads.lead_key
    where changes.lead_status is not null
    group by
        leads.source_instance,
        changes.source_instance,
        changes.lead_status

),

final as (

    select
        occurring.lead_source_instance,
        occurring.change_source_instance,
        occurring.lead_status,

        coalesce(lead_statuses.stage, 'unmapped') as stage,

        occurring.change_count
    from occurring
    left join lead_statuses
        on
            {{ normalised('occurring.lead_status') }}
            = {{ normalised('lead_statuses.lead_status') }}
            and lead_statuses.source_name in (
                occurring.lead_source_instance, occurring.change_source_instance, '*'
            )
    qualify row_number() over (
        partition by
            occurring.lead_source_instance,
            occurring.change_source_instance,
            occurring.lead_status
        order by
            case
                when lead_statuses.source_name = occurring.lead_source_instance then 1
                when lead_statuses.source_name = occurring.change_source_instance then 2
                else 3
            end
    ) = 1

)

select * from final
