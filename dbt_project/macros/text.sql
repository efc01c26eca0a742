{#- A text as it is compared with a listed value: lower case, trimmed, blank is NULL. -#}
{% macro normalised(text_expression) -%}
    nullif(lower(trim({{ text_expression }})), '')
{%- endmacro %}

{#- A text as one of a list's values, compared as above; anything else, and nothing, is `otherwise`. -#}
{% macro listed(text_expression, allowed, otherwise) -%}
    case
        when {{ normalised(text_expression) }} in ('{{ allowed | join("', '") }}')
            then {{ normalised(text_expression) }}
        else '{{ otherwise }}'
    end
{%- endmacro %}

{#- A function of the business; `also` names who else may stand in its place. -#}
{% macro business_function(text_expression, also=[]) -%}
    {{ listed(
        text_expression,
        ['sales', 'marketing', 'sdr', 'customer_success', 'finance'] + also,
        'other'
    ) }}
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

{#- An IPv4 address with three digits a part, so that it sorts as a number does; else NULL. -#}
{% macro sortable_address(text_expression) -%}
    case
        when translate(trim({{ text_expression }}), '0123456789', '') = '...'
            then concat_ws(
                '.',
                {%- for part in range(1, 5) %}
                lpad(split_part(trim({{ text_expression }}), '.', {{ part }}), 3, '0')
                {{- "," if not loop.last }}
                {%- endfor %}
            )
    end
{%- endmacro %}
