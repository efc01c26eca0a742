{#- CTEs that follow pointers to their end: `ended` has one row per row of `pointers`, with the end of
    its chain (end_id) and whether the row is part of a ring (is_in_ring); of a ring the smallest id
    is the end. A row points from losing_id to surviving_id, once per losing_id, among the rows with
    the same `within`. Each step doubles how far a pointer reaches, so twelve steps follow a chain of
    4,096; the engine needs joins for it and nothing else. -#}
{% macro chain_ends(pointers, within=[], doublings=12) -%}
hop_0 as (

    select
        {% for column in within -%}
        {{ column }},
        {% endfor -%}
        losing_id,
        surviving_id as reached_id,
        surviving_id as smallest_id
    from {{ pointers }}

),

{% for doubling in range(1, doublings + 1) -%}
hop_{{ doubling }} as (

    select
        {% for column in within -%}
        nearer.{{ column }},
        {% endfor -%}
        nearer.losing_id,
        coalesce(farther.reached_id, nearer.reached_id) as reached_id,
        case
            when farther.smallest_id < nearer.smallest_id then farther.smallest_id
            else nearer.smallest_id
        end as smallest_id
    from hop_{{ doubling - 1 }} as nearer
    left join hop_{{ doubling - 1 }} as farther
        on
            nearer.reached_id = farther.losing_id
            {%- for column in within %}
            and nearer.{{ column }} = farther.{{ column }}
            {%- endfor %}

),

{% endfor -%}
reached as (

    select
        {% for column in within -%}
        {{ column }},
        {% endfor -%}
        reached_id
    from hop_{{ doublings }}
    group by {% for column in within %}{{ column }}, {% endfor %}reached_id

),

ended as (

    select
        {% for column in within -%}
        walked.{{ column }},
        {% endfor -%}
        walked.losing_id,
        coalesce(onward.smallest_id, walked.reached_id) as end_id,
        reached.reached_id is not null as is_in_ring
    from hop_{{ doublings }} as walked
    left join hop_{{ doublings }} as onward
        on
            walked.reached_id = onward.losing_id
            {%- for column in within %}
            and walked.{{ column }} = onward.{{ column }}
            {%- endfor %}
    left join reached
        on
            walked.losing_id = reached.reached_id
            {%- for column in within %}
            and walked.{{ column }} = reached.{{ column }}
            {%- endfor %}

)
{%- endmacro %}
