-- Grain: one row per component, day and dimensions (component, component_date, channel_name, team, segment, region, product_name, persona, business_function, reach).
-- Why: of everybody together; of single people int_kpi_employee_components.
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

movements as (

    select * from {{ ref('int_kpi_components_movements') }}

),

cohorts as (

    select * from {{ ref('int_kpi_components_cohorts') }}

),

costs as (

    select * from {{ ref('int_kpi_components_costs') }}

),

steps as (

    select * from {{ ref('int_kpi_components_steps') }}

),

company as (

    select * from {{ ref('int_kpi_components_company') }}

),

final as (
    {% set families = {
        'leads': [],
        'opportunities': [],
        'bookings': [],
        'spend': [],
        'awareness': [],
        'pipeline': [],
        'coverage': [],
        'attainment': [],
        'recurring': [],
        'customers': [],
        'attached': [],
        'acquisition': [],
        'movements': [],
        'cohorts': [],
        'costs': ['business_function', 'reach'],
        'handoffs': [],
        'mqls': [],
        'steps': ['persona'],
        'company': [],
    } %}
    {#- Their rows say whose they are, too: these add up to one. -#}
    {%- set by_employee = [
        'leads', 'opportunities', 'bookings', 'attainment', 'attached', 'handoffs'
    ] %}
    {%- set common = ['channel_name', 'team', 'segment', 'region', 'product_name'] %}
    {% for family, more in families.items() %}
    {{ "union all" if not loop.first }}
    select
        component,
        {{ kpi_dimension_columns(common + more) }},

        {% if family in by_employee %}cast(sum(quantity) as decimal(38, 6)) as {% endif %}quantity,

        component_date
    from {{ family }}
    {%- if family in by_employee %}
    group by all
    {%- endif %}
    {%- endfor %}

)

select * from final
