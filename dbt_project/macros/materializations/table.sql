{#-
A table, replaced in one statement.
Why not the adapter's: it builds beside, renames twice and drops, eight statements where DuckDB needs one
(`create or replace table` is atomic), and nobody reads the working file while it is written.
Contracts are checked with the adapter's own macro; hooks, grants and indexes are not used here.
A Python model is written by a connection of its own, so its table is built beside and renamed.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- if existing is not none and existing.is_view -%}
        {{ adapter.drop_relation(existing) }}
    {%- endif -%}

    {% if model['language'] == 'python' -%}
        {%- set beside = make_intermediate_relation(target) -%}
        {%- do drop_relation_if_exists(load_cached_relation(beside)) -%}
        {% call statement('main', language='python') -%}
            {{- py_write_table(false, beside, compiled_code) }}
        {%- endcall %}
        {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
        {{ adapter.rename_relation(beside, target) }}
        {{ adapter.commit() }}
        {{ return({'relations': [target]}) }}
    {%- endif %}

    {% call statement('main', fetch_result=true) -%}
        create or replace table {{ target }} as (
            {%- if config.get('contract').enforced %}
            {{ get_select_subquery(compiled_code) }}
            {%- else %}
            {{ compiled_code }}
            {%- endif %}
        )
    {%- endcall %}

    {#- DuckDB answers with the number of rows, which saves everyone from counting them. -#}
    {% set row_count = load_result('main').table.columns[0].values()[0] | int %}
    {% do store_raw_result(name='main', message='OK', code='', rows_affected=row_count) %}

    {#- Asking the finished table is cheap; asking the query would plan it once more. -#}
    {% if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent('select * from ' ~ target) }}
    {%- endif %}

    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
