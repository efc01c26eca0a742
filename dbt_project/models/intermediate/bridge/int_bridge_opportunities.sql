-- Grain: one row per source object, its month, Concord's month and reason (bridge_key).
-- Why: the source counts all opportunities in the month of creation as it has it; the KPI counts
-- reportable ones, undated ones in the month that the evidence gives.
with opportunities as (

    select * from {{ ref('stg_file_drop__opportunities') }}

),

mart_opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

delivered as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'opportunity_id']) }}
            as opportunity_key,
        source_system,
        source_instance,
        {{ company_date('created_at') }} as created_date
    from opportunities

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
            when
                mart_opportunities.is_reportable
                and mart_opportunities.created_date <= {{ as_of_date() }}
                then {{ first_of_month('mart_opportunities.created_date') }}
        end as concord_month,
        case
            when mart_opportunities.exclusion_reason is not null
                then mart_opportunities.exclusion_reason
            when delivered.created_date is null then 'undated'
        end as reason
    from delivered
    left join mart_opportunities
        on delivered.opportunity_key = mart_opportunities.opportunity_key

),

summed as (

    select
        source_system,
        source_instance,
        'opportunities' as source_object,
        'opportunities_created' as kpi,
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
