-- Grain: one row per component, day and dimensions (component, component_date, channel_name, team, segment, region, product_name).
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

recurring as (

    select * from {{ ref('int_kpi_components_recurring') }}

),

customers as (

    select * from {{ ref('int_kpi_components_customers') }}

),

attached as (

    select * from {{ ref('int_kpi_components_attached') }}

),

acquisition as (

    select * from {{ ref('int_kpi_components_acquisition') }}

),

handoffs as (

    select * from {{ ref('int_kpi_components_handoffs') }}

),

mqls as (

    select * from {{ ref('int_kpi_components_mqls') }}

),

company as (

    select * from {{ ref('int_kpi_components_company') }}

),

final as (
    {% for family in [
        'leads', 'opportunities', 'bookings', 'spend', 'awareness', 'pipeline', 'coverage',
        'attainment', 'recurring', 'customers', 'attached', 'acquisition', 'handoffs', 'mqls',
        'company'
    ] %}
    {{ "union all" if not loop.first }}
    select
        component,
        channel_name,
        team,
        segment,
        region,
        product_name,

        quantity,

        component_date
    from {{ family }}
    {%- endfor %}

)

select * from final
