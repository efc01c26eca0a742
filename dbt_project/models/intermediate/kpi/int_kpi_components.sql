-- Grain: one row per component, day and dimensions (component, component_date, channel_name, team, segment, region, product_name).
-- Why: a stock is a state on a day: of a period its last one counts, never their sum.
{%- set stocks = [
    'open_pipeline', 'stalled_pipeline', 'pipeline_of_coming_months',
    'target_of_coming_months',
] %}
with leads as (

    select * from {{ ref('int_kpi_components_leads') }}

),

opportunities as (

    select * from {{ ref('int_kpi_components_opportunities') }}

),

bookings as (

    select * from {{ ref('int_kpi_components_bookings') }}

),

spend as (

    select * from {{ ref('int_kpi_components_spend') }}

),

awareness as (

    select * from {{ ref('int_kpi_components_awareness') }}

),

pipeline as (

    select * from {{ ref('int_kpi_components_pipeline') }}

),

coverage as (

    select * from {{ ref('int_kpi_components_coverage') }}

),

attainment as (

    select * from {{ ref('int_kpi_components_attainment') }}

),

final as (
    {% for family in ['leads', 'opportunities', 'bookings', 'spend', 'awareness'] %}
    {{ "union all" if not loop.first }}
    select
        component,
        channel_name,
        team,
        segment,
        region,
        product_name,

        quantity,

        false as is_stock,

        component_date
    from {{ family }}
    {%- endfor %}
    {%- for family in ['pipeline', 'coverage', 'attainment'] %}
    union all
    select
        component,
        'unknown' as channel_name,
        team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,

        quantity,

        component in ('{{ stocks | join("', '") }}') as is_stock,

        component_date
    from {{ family }}
    {%- endfor %}

)

select * from final
