-- Grain: one row per component that is a state at a moment and nothing that happened (component).
-- Why: a state is never added over months: a period has that of its last month. Some are known as of
-- today while the period runs, others only once it has ended.
with definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}
    where state is not null

),

components as (
    {% for part in ['numerator_component', 'denominator_component'] %}
    {{ "union all" if not loop.first }}
    select
        {{ part }} as component,
        state
    from definitions
    where {{ part }} is not null
    {%- endfor %}

),

final as (

    select
        component,

        bool_or(state = 'as_of_date') as is_known_while_running
    from components
    group by component

)

select * from final
