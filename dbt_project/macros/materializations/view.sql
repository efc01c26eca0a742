{#- A view, replaced in one statement; table.sql says why. -#}
{% materialization view, adapter='duckdb', supported_languages=['sql'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {%- if existing is not none and existing.is_table -%}
        {{ adapter.drop_relation(existing) }}
    {%- endif -%}

    {% call statement('main') -%}
        create or replace view {{ target }} as (
            {{ compiled_code }}
        )
    {%- endcall %}

    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
