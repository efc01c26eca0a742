{#- A keyed hash of a normalised e-mail address. The key is set on the connection, never in SQL text. -#}
{% macro email_hash(email_expression) -%}
    {{ return(adapter.dispatch('email_hash')(email_expression)) }}
{%- endmacro %}

{% macro default__email_hash(email_expression) -%}
    sha256(
        getvariable('concord_hash_key')
        || nullif(lower(trim({{ email_expression }})), '')
    )
{%- endmacro %}

{#- The domain of an e-mail address, lower case. -#}
{% macro email_domain(email_expression) -%}
    nullif(lower(trim(split_part({{ email_expression }}, '@', 2))), '')
{%- endmacro %}
