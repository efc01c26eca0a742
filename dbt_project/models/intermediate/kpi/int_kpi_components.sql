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

        component_date
    from {{ family }}
    {%- endfor %}

)

select * from final
