-- Grain: one row per source and lead status that occurs (source_instance, lead_status).
-- Why: a rule for the source wins over the rule for all sources (*); no rule is `unmapped`.
with leads as (

    select * from {{ ref('stg_file_drop__leads') }}

),

lead_statuses as (

    select * from {{ ref('stg_company__lead_statuses') }}

),

occurring as (

    select
        source_instance,
        lead_status,
        count(*) as lead_count
    from leads
    where lead_status is not null
    group by all

),

matched as (

    select
        occurring.source_instance,
        occurring.lead_status,
        coalesce(lead_statuses.stage, 'unmapped') as stage,
        occurring.lead_count
    from occurring
    left join lead_statuses
        on
            lower(trim(occurring.lead_status)) = lower(trim(lead_statuses.lead_status))
            and lead_statuses.source_name in (occurring.source_instance, '*')
    qualify row_number() over (
        partition by occurring.source_instance, occurring.lead_status
        order by case when lead_statuses.source_name = '*' then 1 else 0 end
    ) = 1

),

final as (

    select * from matched

)

select * from final
