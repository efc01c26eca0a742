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

final as (
    {% for family in [
        'leads', 'opportunities', 'bookings', 'spend', 'recurring', 'customers', 'attached',
        'acquisition'
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
