-- Grain: one row per component that is a state at the end of a month and nothing that happened in it (component).
-- Why: a state is never added over months: a quarter has that of its last month, and a period that
-- has not ended has none.
{% set components = [
    'arr',
    'retention_base_amount',
    'retention_amount',
    'retention_capped_amount',
    'retention_base_customers',
    'retention_customers',
] %}
with final as (
    {% for component in components %}
    {{ "union all" if not loop.first }}
    select '{{ component }}' as component
    {%- endfor %}

)

select * from final
