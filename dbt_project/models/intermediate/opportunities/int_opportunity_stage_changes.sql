-- Grain: one row per change of an opportunity's sales stage, its first one included (opportunity_key, changed_at).
-- Why: many changes of one hour by one hand are a load, as those of leads are; nobody knows since
-- when they held. Later than the as-of date has not happened yet.
with history as (

    select * from {{ ref('conformed_opportunity_history') }}
    where sales_stage is not null and changed_date <= {{ as_of_date() }}

),

bulk_changes as (

    select * from {{ ref('stg_company__bulk_changes') }}

),

followed as (

    select
        *,
        lag(sales_stage) over (
            partition by opportunity_key
            order by changed_at
        ) as previous_sales_stage,
        row_number() over (
            partition by opportunity_key
            order by changed_at
        ) = 1 as is_first
    from history

),

mapped as (

    select
        opportunity_key,
        source_instance,
        coalesce(changed_by, 'machine') as changed_by,
        sales_stage,
        is_first,
        changed_date,
        changed_at,
        date_trunc('hour', changed_at) as changed_hour
    from followed
    where is_first or previous_sales_stage <> sales_stage

),

{{ bulk_hours('mapped') }},

final as (

    select
        mapped.opportunity_key,

        mapped.sales_stage,

        mapped.is_first,
        judged.is_bulk_load,

        mapped.changed_date,

        mapped.changed_at
    from mapped
    inner join judged
        on
            mapped.source_instance = judged.source_instance
            and mapped.changed_by = judged.changed_by
            and mapped.changed_hour = judged.changed_hour

)

select * from final
