-- Grain: one row per opportunity (opportunity_key).
-- Why: an opportunity without a date is dated by the best evidence there is, named in a rule
-- column; it is never lost. Evidence about the opportunity itself goes before its lead's.
-- All its dates rest on one body of evidence, hence the length.
with opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

opportunity_leads as (

    select * from {{ ref('int_opportunity_leads') }}

),

history as (

    select * from {{ ref('int_opportunity_history_dates') }}

),

sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

assumed_open as (

    select coalesce(bool_or(is_pipeline), false) as is_pipeline from sales_stages
    where is_assumed_open

),

evidence as (

    select
        opportunities.*,
        history.first_changed_date,
        history.last_changed_date,
        history.first_pipeline_date,
        coalesce(history.has_stages, false) as has_stage_history,
        not opportunities.is_open as is_closed,
        opportunity_leads.lead_created_date,
        coalesce(sales_stages.is_pipeline, false) as is_pipeline,
        assumed_open.is_pipeline as was_assumed_pipeline,
        case
            when opportunities.close_date is not null then opportunities.close_date
            when not opportunities.is_open then history.last_closed_date
        end as known_close_date
    from opportunities
    cross join assumed_open
    left join opportunity_leads
        on opportunities.opportunity_key = opportunity_leads.opportunity_key
    left join history
        on opportunities.opportunity_key = history.opportunity_key
    left join sales_stages
        on opportunities.sales_stage = sales_stages.sales_stage

),

created as (

    select
        *,
        case
            when source_created_date is not null then 'source'
            when first_changed_date is not null then 'first_history_date'
            when lead_created_date is not null then 'lead_created_date'
            when is_closed and known_close_date is not null then 'close_date'
            else 'as_of_date'
        end as created_date_rule,
        coalesce(
            source_created_date,
            first_changed_date,
            lead_created_date,
            case when is_closed then known_close_date end,
            {{ as_of_date() }}
        ) as created_date
    from evidence

),

final as (

    select
        opportunity_key,

        created_date_rule,
        case
            when close_date is not null then 'source'
            when known_close_date is not null then 'history'
            when is_closed then 'created_date'
        end as close_date_rule,

        is_closed,
        is_pipeline,
        created_date_rule <> 'source' as is_created_date_inferred,
        coalesce(is_closed and known_close_date < created_date, false)
            as has_date_conflict,

        created_date,
        case
            when source_pipeline_date is not null then source_pipeline_date
            when has_stage_history and first_pipeline_date is not null
                then first_pipeline_date
            when has_stage_history and is_pipeline then last_changed_date
            when has_stage_history then null
            when is_pipeline or (is_closed and was_assumed_pipeline) then created_date
        end as pipeline_date,
        coalesce(known_close_date, case when is_closed then created_date end)
            as close_date,
        case
            when is_won then coalesce(known_close_date, created_date)
            else created_date
        end as rate_date,

        coalesce(source_created_at, {{ start_of_company_day('created_date') }})
            as created_at
    from created

)

select * from final
