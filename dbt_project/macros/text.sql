{#- A text as it is compared with a listed value: lower case, trimmed, blank is NULL. -#}
{% macro normalised(text_expression) -%}
    nullif(lower(trim({{ text_expression }})), '')
{%- endmacro %}

{#- A pattern of the company folder as LIKE reads it, lower case; to be used with escape '!'.
    `*` stands for any text; the characters that LIKE reads as patterns are plain text. -#}
{% macro like_pattern(pattern) -%}
    replace(
        replace(
            replace(
                replace(lower(trim({{ pattern }})), '!', '!!'), '%', '!%'
            ),
            '_', '!_'
        ),
        '*', '%'
    )
{%- endmacro %}
