{#- One setting of company.yml, as a scalar. -#}
{% macro company_setting(name) -%}
    (select settings.{{ name }} from {{ ref('stg_company__settings') }} as settings)
{%- endmacro %}

{#- The date the run looks at the company from. There is no other clock in SQL. -#}
{% macro as_of_date() -%}
    (select as_of.as_of_date from {{ ref('stg_company__as_of') }} as as_of)
{%- endmacro %}
