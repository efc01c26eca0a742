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

handoffs as (

    select * from {{ ref('int_kpi_components_handoffs') }}

),

mqls as (

    select * from {{ ref('int_kpi_components_mqls') }}

),

final as (
    {% for family in ['leads', 'opportunities', 'bookings', 'spend', 'handoffs', 'mqls'] %}
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
