-- Grain: one row per single value that a median is taken over (component, observation_key).
-- Why: a median cannot be added up, so each cell takes it from the values themselves.
with opportunities as (

    select * from {{ ref('int_kpi_opportunities') }}

),

cases as (

    select * from {{ ref('fct_case') }}

),

onboardings as (

    select * from {{ ref('int_customer_onboardings') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

handoffs as (

    select * from {{ ref('fct_handoff') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

steps as (

    select * from {{ ref('int_funnel_steps') }}

),

reach_windows as (

    select * from {{ ref('fct_reach_window') }}

),

of_opportunities as (

    select
        opportunity_key as observation_key,

        'sales_cycle_days' as component,
        channel_name,
        team_at_close as team,
        segment,
        region,
        product_name,
        'unknown' as persona,

        cast(sales_cycle_days as decimal(18, 6)) as observation,

        close_date as component_date
    from opportunities
    where
        is_won
        and sales_cycle_days is not null
        and close_date <= {{ as_of_date() }}
    union all
    select
        opportunity_key as observation_key,

        'sao_cycle_days' as component,
        channel_name,
        team_at_close as team,
        segment,
        region,
        product_name,
        'unknown' as persona,

        cast({{ days_between('pipeline_date', 'close_date') }} as decimal(18, 6)) as observation,

        close_date as component_date
    from opportunities
    where
        is_won
        and sales_cycle_days is not null
        and close_date >= pipeline_date
        and close_date <= {{ as_of_date() }}

),

-- Who was never answered is in with the time waited: left out, silence would be fast.
of_handoffs as (

    select
        handoffs.handoff_key as observation_key,

        'speed_to_lead' as component,
        coalesce(channels.channel_name, 'unknown') as channel_name,
        handoffs.team,
        handoffs.segment,
        handoffs.region,
        'unknown' as product_name,
        'unknown' as persona,

        handoffs.waited_business_minutes_from_mql as observation,

        handoffs.assigned_date as component_date
    from handoffs
    left join channels
        on handoffs.channel_key = channels.channel_key
    where
        handoffs.is_due
        and handoffs.waited_business_minutes_from_mql is not null
        and handoffs.assigned_date <= {{ as_of_date() }}

),

after_the_sale as (

    select
        case_key as observation_key,
        'case_resolution_days' as component,
        account_key,
        cast(resolution_hours / 24.0 as decimal(18, 6)) as observation,
        resolved_date as component_date
    from cases
    where
        is_reportable
        and resolution_hours is not null
        and resolved_date <= {{ as_of_date() }}
    union all
    select
        parent_account_key as observation_key,
        'onboarding_days' as component,
        parent_account_key as account_key,
        cast({{ days_between('customer_from_date', 'onboarded_date') }} as decimal(18, 6))
            as observation,
        onboarded_date as component_date
    from onboardings

),

of_customers as (

    select
        after_the_sale.observation_key,

        after_the_sale.component,
        'unknown' as channel_name,
        'unknown' as team,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(accounts.region, 'unknown') as region,
        'unknown' as product_name,
        'unknown' as persona,

        after_the_sale.observation,

        after_the_sale.component_date
    from after_the_sale
    left join accounts
        on after_the_sale.account_key = accounts.account_key

),

-- On the day of the second stage: what of this period's people took how long.
of_steps as (

    select
        concat(person_key, '-', cast(cycle_number as varchar)) as observation_key,

        concat(from_stage, '_to_', to_stage, '_days') as component,
        channel_name,
        team,
        segment,
        region,
        'unknown' as product_name,
        persona,

        cast(step_days as decimal(18, 6)) as observation,

        converted_date as component_date
    from steps
    where
        step_days is not null
        and converted_date <= {{ as_of_date() }}

),

-- People reached in one window are partly those of the next, and those of two campaigns the same:
-- reach is never added up. Windows that are a whole month can be compared with each other.
of_reach as (
    {% for component, column in [
        ('campaign_reach', 'reach'),
        ('campaign_frequency', 'frequency'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        reach_window_key as observation_key,

        '{{ component }}' as component,
        'unknown' as channel_name,
        'unknown' as team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,
        'unknown' as persona,

        cast({{ column }} as decimal(18, 6)) as observation,

        window_start as component_date
    from reach_windows
    where
        entity_type = 'campaign'
        and {{ column }} is not null
        and window_start = {{ first_of_month('window_start') }}
        and window_end = {{ add_months('window_start', 1) }}
        and window_start <= {{ as_of_date() }}
    {%- endfor %}

),

final as (

    {%- set available = [
        'channel_name', 'team', 'segment', 'region', 'product_name', 'persona'
    ] %}
    {%- for family in [
        'of_opportunities', 'of_handoffs', 'of_customers', 'of_steps', 'of_reach'
    ] %}
    {{ "union all" if not loop.first }}
    select
        observation_key,
        component,
        {{ kpi_dimension_columns(available) }},

        observation,

        component_date
    from {{ family }}
    {%- endfor %}

)

select * from final
