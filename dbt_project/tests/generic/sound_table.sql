{#-
One grouped test per model: key, not null, accepted values, references and row rules.
Every violated rule is one row (rule, failures, sample), so that one query per model says it all.

key: columns that are unique and never NULL together.
not_null: columns that are never NULL.
accepted: {column: [values]}; NULL is allowed unless the column is in not_null.
references: {column: {to: model name, field: column there}}; NULL is allowed.
expressions: {rule name: SQL that is true for every good row}; NULL counts as good.
-#}
{% test sound_table(
    model, key, not_null=[], accepted={}, references={}, expressions={}
) %}
{{ config(fail_calc='coalesce(sum(failures), 0)') }}
{%- set first_key = key[0] %}

with checked as (

    select * from {{ model }}

),

key_counts as (

    select
        {{ key | join(', ') }},
        count(*) as row_count
    from checked
    group by {{ key | join(', ') }}

),

row_rules as (

    select
        count(*) as checked_count
        {%- for column in (key + not_null) | unique %},
        count(*) filter (where {{ column }} is null) as null_{{ loop.index }},
        cast(min(cast({{ first_key }} as varchar))
            filter (where {{ column }} is null) as varchar) as null_sample_{{ loop.index }}
        {%- endfor %}
        {%- for column, allowed in accepted.items() %},
        count(*) filter (where {{ sound_table_outside(column, allowed) }})
            as accepted_{{ loop.index }},
        min(cast({{ column }} as varchar))
            filter (where {{ sound_table_outside(column, allowed) }})
            as accepted_sample_{{ loop.index }}
        {%- endfor %}
        {%- for rule, expression in expressions.items() %},
        count(*) filter (where not ({{ expression }})) as rule_{{ loop.index }},
        min(cast({{ first_key }} as varchar))
            filter (where not ({{ expression }})) as rule_sample_{{ loop.index }}
        {%- endfor %}
    from checked

),

violations as (

    select
        'key {{ key | join(", ") }} is not unique' as rule_broken,
        count(*) as failures,
        min(cast({{ first_key }} as varchar)) as sample
    from key_counts
    where row_count > 1
    {%- for column in (key + not_null) | unique %}
    union all
    select
        '{{ column }} is null' as rule_broken,
        null_{{ loop.index }} as failures,
        null_sample_{{ loop.index }} as sample
    from row_rules
    {%- endfor %}
    {%- for column, allowed in accepted.items() %}
    union all
    select
        '{{ column }} holds a value that is not allowed' as rule_broken,
        accepted_{{ loop.index }} as failures,
        accepted_sample_{{ loop.index }} as sample
    from row_rules
    {%- endfor %}
    {%- for rule, expression in expressions.items() %}
    union all
    select
        '{{ rule }}' as rule_broken,
        rule_{{ loop.index }} as failures,
        rule_sample_{{ loop.index }} as sample
    from row_rules
    {%- endfor %}
    {%- for column, target in references.items() %}
    union all
    select
        '{{ column }} is not in {{ target.to }}' as rule_broken,
        count(*) as failures,
        min(cast(checked.{{ column }} as varchar)) as sample
    from checked
    left join {{ ref(target.to) }} as target_{{ loop.index }}
        on checked.{{ column }} = target_{{ loop.index }}.{{ target.field }}
    where
        checked.{{ column }} is not null
        and target_{{ loop.index }}.{{ target.field }} is null
    {%- endfor %}

)

select * from violations
where failures > 0
{% endtest %}
