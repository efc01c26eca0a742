-- Grain: one row per opportunity that a load made or closed (opportunity_key).
-- Why: where the date of an opportunity is the day of a load, it is the day of the load and not that
-- of the deal; an import that brings the deal's own dates says when it was.
with changes as (

    select * from {{ ref('int_opportunity_stage_changes') }}

),

dated as (

    select * from {{ ref('int_opportunities_dated') }}

),

sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

loaded as (

    select
        changes.opportunity_key,
        changes.is_first and changes.changed_date = dated.created_date as is_creation,
        not sales_stages.is_open and changes.changed_date = dated.close_date as is_closing
    from changes
    inner join dated
        on changes.opportunity_key = dated.opportunity_key
    inner join sales_stages
        on changes.sales_stage = sales_stages.sales_stage
    where changes.is_bulk_load

),

final as (

    select
        opportunity_key,

        coalesce(bool_or(is_creation), false) as is_creation_load,
        coalesce(bool_or(is_closing), false) as is_close_load
    from loaded
    where is_creation or is_closing
    group by opportunity_key

)

select * from final
