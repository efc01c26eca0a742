{#- Which delivery of a record wins: the dataset named first, then the newest change, then the newest file. -#}
{% macro newest_delivery_first(changed_at=none) -%}
    _dataset_rank asc,
    {%- if changed_at %}
        {{ changed_at }} desc nulls last,
    {%- endif %}
        _file_rank desc,
        _row_number desc
{%- endmacro %}
