-- Grain: one row per component, month and employee (component, month_start_date, employee_key).
-- Why: the same rows that every KPI is made of, by whose they are and not by dimensions. What is
-- nobody's is `unknown`, so that employees make the company.
with leads as (

    select * from {{ ref('int_kpi_components_leads') }}

),

opportunities as (

    select * from {{ ref('int_kpi_components_opportunities') }}

),

bookings as (

    select * from {{ ref('int_kpi_components_bookings') }}

),

attainment as (

    select * from {{ ref('int_kpi_components_attainment') }}

),

attached as (

    select * from {{ ref('int_kpi_components_attached') }}

),

handoffs as (

    select * from {{ ref('int_kpi_components_handoffs') }}

),

unioned as (
    {% for family in [
        'leads', 'opportunities', 'bookings', 'attainment', 'attached', 'handoffs'
    ] %}
    {{ "union all" if not loop.first }}
    select
        component,
        employee_key,
        quantity,
        component_date
    from {{ family }}
    {%- endfor %}

),

final as (

    select
        component,

        employee_key,

        cast(sum(quantity) as decimal(38, 6)) as quantity,

        {{ first_of_month('component_date') }} as month_start_date
    from unioned
    group by
        component,
        employee_key,
        {{ first_of_month('component_date') }}

)

select * from final
