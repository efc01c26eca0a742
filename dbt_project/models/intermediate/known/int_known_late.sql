-- Grain: one row per thing that pay reads and that was known after its own day (subject, record_key, event_date, known_date).
-- Why: a month has to be computed by itself on what was known at its cut-off where something of it,
-- or of a month before, was known after that. Too many rows cost time; a missing one costs truth.
with opportunities as (

    select
        *,
        is_creation_load or is_close_load as is_load
    from {{ ref('fct_opportunity') }}

),

states as (

    select * from {{ ref('int_opportunity_states') }}

),

sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

refunds as (

    select * from {{ ref('conformed_refunds') }}

),

splits as (

    select * from {{ ref('conformed_opportunity_splits') }}

),

overrides as (

    select * from {{ ref('conformed_compensation_overrides') }}

),

quotas as (

    select * from {{ ref('conformed_quotas') }}

),

assignments as (

    select * from {{ ref('conformed_plan_assignments') }}

),

absences as (

    select * from {{ ref('conformed_employee_absences') }}

),

versions as (

    select * from {{ ref('stg_company__plan_versions') }}

),

components as (

    select * from {{ ref('stg_company__plan_components') }}

),

conditions as (

    select * from {{ ref('stg_company__plan_conditions') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

staged as (

    select
        states.opportunity_key,
        states.valid_from,
        states.valid_from_date,
        case when sales_stages.is_won then states.close_date end as won_date
    from states
    inner join opportunities
        on states.opportunity_key = opportunities.opportunity_key
    left join sales_stages
        on states.sales_stage = sales_stages.sales_stage
    where not opportunities.is_load

),

followed as (

    select
        *,
        lag(won_date) over (
            partition by opportunity_key
            order by valid_from
        ) as previous_won_date
    from staged

),

unioned as (

    select
        'opportunity_state' as subject,
        opportunity_key as record_key,
        least(
            coalesce(won_date, previous_won_date), coalesce(previous_won_date, won_date)
        ) as event_date,
        valid_from_date as known_date
    from followed
    where won_date is not null or previous_won_date is not null
    union all
    select
        'opportunity' as subject,
        opportunity_key as record_key,
        close_date as event_date,
        created_date as known_date
    from opportunities
    where is_won and created_date_rule = 'source' and not is_load
    union all
    select
        'refund' as subject,
        refund_key as record_key,
        refund_date as event_date,
        {{ company_date('created_at') }} as known_date
    from refunds
    union all
    select
        'opportunity_split' as subject,
        splits.split_key as record_key,
        opportunities.close_date as event_date,
        {{ company_date('splits.created_at') }} as known_date
    from splits
    inner join opportunities
        on splits.opportunity_key = opportunities.opportunity_key
    union all
    select
        'override' as subject,
        override_key as record_key,
        period_start as event_date,
        {{ company_date('created_at') }} as known_date
    from overrides
    union all
    -- What counts for a year counts for its first month.
    select
        'quota' as subject,
        quotas.quota_key as record_key,
        coalesce(days.fiscal_year_start_date, quotas.valid_from) as event_date,
        {{ company_date('quotas.created_at') }} as known_date
    from quotas
    left join days
        on quotas.valid_from = days.date_day
    union all
    select
        'plan_assignment' as subject,
        assignment_key as record_key,
        valid_from as event_date,
        {{ company_date('created_at') }} as known_date
    from assignments
    union all
    select
        'employee_absence' as subject,
        absence_key as record_key,
        valid_from as event_date,
        {{ company_date('created_at') }} as known_date
    from absences
    union all
    select
        'plan_version' as subject,
        concat(plan, ' ', cast(plan_version as varchar)) as record_key,
        valid_from as event_date,
        approved_date as known_date
    from versions
    union all
    -- A total of the year is paid by what the year has achieved so far: other on each day.
    select
        'condition_of_year' as subject,
        concat(versions.plan, ' ', cast(versions.plan_version as varchar)) as record_key,
        days.fiscal_year_start_date as event_date,
        days.date_day as known_date
    from versions
    inner join components
        on
            versions.plan = components.plan
            and versions.plan_version = components.plan_version
    inner join conditions
        on
            components.plan = conditions.plan
            and components.plan_version = conditions.plan_version
            and components.component = conditions.component
    inner join days
        on
            versions.valid_from <= days.date_day
            and coalesce(versions.valid_to, date '9999-12-31')
            > days.fiscal_year_start_date
    where components.component_scope = 'year_to_date'

),

final as (

    select
        subject,
        record_key,
        event_date,
        known_date
    from unioned
    where known_date > event_date
    group by
        subject,
        record_key,
        event_date,
        known_date

)

select * from final
