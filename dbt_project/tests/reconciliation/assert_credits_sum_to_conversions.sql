-- Fails on every conversion in which some model's credits do not sum to its amount and to one. The
-- guard attribution_credits_add_up asks the same of the published form, a row per model.
{%- set of_one_touch = ['first', 'last', 'last_non_direct', 'lead_creation', 'opportunity_creation'] %}
{%- set of_many = [
    'linear', 'time_decay', 'position_based', 'u_shaped', 'w_shaped', 'full_path', 'custom'
] %}
with conversion_touches as (

    select * from {{ ref('int_conversion_touches') }}

),

models as (

    select * from {{ ref('stg_company__attribution_models') }}

),

suited as (

    select
        conversion_type
        {%- for model in of_one_touch + of_many %}
        ,
        max(case when model = '{{ model }}' then 1 else 0 end) as has_{{ model }}
        {%- endfor %}
    from models
    group by conversion_type

),

summed as (

    select
        conversion_key,
        conversion_type,
        max(cents) as cents
        {%- for model in of_one_touch %}
        ,
        sum(case when is_{{ model }} then 1 else 0 end) as {{ model }}_count
        {%- endfor %}
        {%- for model in of_many %}
        ,
        sum(case when {{ model }}_share > 0 then {{ model }}_cents end) as {{ model }}_cents,
        sum(case when {{ model }}_share > 0 then {{ model }}_millionths end)
            as {{ model }}_millionths
        {%- endfor %}
    from conversion_touches
    group by
        conversion_key,
        conversion_type

)

select summed.*
from summed
inner join suited
    on summed.conversion_type = suited.conversion_type
where
    false
    {%- for model in of_one_touch %}
    or summed.{{ model }}_count <> suited.has_{{ model }}
    {%- endfor %}
    {%- for model in of_many %}
    or coalesce(summed.{{ model }}_millionths, 0) <> 1000000 * suited.has_{{ model }}
    or (
        suited.has_{{ model }} = 1
        and (
            summed.{{ model }}_cents <> summed.cents
            or (summed.{{ model }}_cents is null) <> (summed.cents is null)
        )
    )
    {%- endfor %}
