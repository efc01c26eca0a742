-- Grain: one row per lead or opportunity, pass and dated milestone (entity, record_key, pass_number, stage).
-- Why: a milestone after the as-of date has not happened yet for this run.
with lead_milestones as (

    select * from {{ ref('int_lead_milestones') }}

),

opportunity_cycles as (

    select * from {{ ref('int_opportunity_cycles') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

opportunity_moments as (

    select
        opportunity_key,
        'opportunity' as stage,
        coalesce(is_creation_load, false) as is_bulk_load,
        coalesce(created_at, {{ start_of_company_day('created_date') }}) as actual_at
    from opportunities
    union all
    select
        opportunity_key,
        case when is_won then 'won' else 'lost' end as stage,
        coalesce(is_close_load, false) as is_bulk_load,
        {{ start_of_company_day('close_date') }} as actual_at
    from opportunities
    where (is_won or is_lost) and close_date is not null

),

unioned as (

    select
        'lead' as entity,
        lead_key as record_key,
        person_key,
        cycle_number,
        pass_number,
        stage,
        is_bulk_load,
        actual_at
    from lead_milestones
    union all
    select
        'opportunity' as entity,
        opportunity_cycles.opportunity_key as record_key,
        opportunity_cycles.person_key,
        opportunity_cycles.cycle_number,
        1 as pass_number,
        opportunity_moments.stage,
        opportunity_moments.is_bulk_load,
        opportunity_moments.actual_at
    from opportunity_moments
    inner join opportunity_cycles
        on opportunity_moments.opportunity_key = opportunity_cycles.opportunity_key

),

placed as (

    select
        *,
        {{ company_date('actual_at') }} as actual_date
    from unioned

),

final as (

    select
        record_key,
        person_key,
        cycle_number,
        pass_number,

        entity,
        stage,

        is_bulk_load,

        actual_date,

        actual_at
    from placed
    where actual_date <= {{ as_of_date() }}

)

select * from final
