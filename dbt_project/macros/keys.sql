{#- A text key from the columns of a grain. NULL and '' are told apart; the separator occurs in no source. -#}
{% macro surrogate_key(columns) -%}
    md5(concat_ws(
        chr(31),
        {%- for column in columns %}
        coalesce(cast({{ column }} as varchar), chr(30)){{ "," if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}

{#- The key of a row that another row names by its natural id; NULL when it names none.
    `origin` is a column of conformed_reference_origins: which source that id belongs to. -#}
{% macro reference_key(origin, natural_id) -%}
    case
        when {{ natural_id }} is not null
            then md5(concat_ws(chr(31), {{ origin }}, {{ natural_id }}))
    end
{%- endmacro %}

{#- The key of a record that another row names by its natural id: of the one that it was merged into
    where a merge gave the id up. `aliases` are the rows of int_record_aliases of that entity, joined
    by merged_away. NULL when the row names none. -#}
{% macro surviving_key(aliases, origin, natural_id) -%}
    coalesce({{ aliases }}.surviving_key, {{ reference_key(origin, natural_id) }})
{%- endmacro %}

{#- Whether a merge gave up the id that a row names. -#}
{% macro merged_away(aliases, origin, natural_id) -%}
    {{ origin }} = {{ aliases }}.origin and {{ natural_id }} = {{ aliases }}.losing_id
{%- endmacro %}

{#- Employees are named by one id in all sources and in people.csv, which is the authority. -#}
{% macro employee_key(employee_id) -%}
    case
        when {{ employee_id }} is not null
            then md5(concat_ws(chr(31), 'company', 'people', {{ employee_id }}))
    end
{%- endmacro %}

{#- The person whom an e-mail address stands for: all records with it are one person. NULL without. -#}
{% macro address_person_key(email_hash) -%}
    case
        when {{ email_hash }} is not null
            then md5(concat_ws(chr(31), 'email', {{ email_hash }}))
    end
{%- endmacro %}

{#- The member that stands for "named none", one per dimension. -#}
{% macro unknown_key(entity) -%}
    md5(concat_ws(chr(31), 'company', '<unknown>', '{{ entity }}'))
{%- endmacro %}

{#- The member that takes what is left over when parts do not add up to their whole. -#}
{% macro unallocated_key(entity) -%}
    md5(concat_ws(chr(31), 'company', '<unallocated>', '{{ entity }}'))
{%- endmacro %}

{#- A key as a whole number: what is sorted by numbers is sorted in a fraction of the time. Sixty of
    its bits, so two keys of ten million share one in 1 of 20,000 companies: test that it is unique. -#}
{% macro key_number(key) -%}
    {{ return(adapter.dispatch('key_number')(key)) }}
{%- endmacro %}

{% macro default__key_number(key) -%}
    cast('0x' || substr({{ key }}, 1, 15) as bigint)
{%- endmacro %}
