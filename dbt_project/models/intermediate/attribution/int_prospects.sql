-- Grain: one row per person and kind of prospect (person_key, prospect_type).
-- Why: who could convert: a person, for leads and MQLs; an account, for opportunities and won deals,
-- or a person of none. Without attribution.yml nobody, which is why the settings are joined.
with people as (

    select * from {{ ref('dim_person') }}

),

settings as (

    select * from {{ ref('stg_company__attribution_settings') }}

),

final as (
    {% for prospect_type, prospect_key in [
        ('person', 'people.person_key'),
        ('account', 'coalesce(people.account_key, people.person_key)'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        people.person_key,
        '{{ prospect_type }}' as prospect_type,
        {{ key_number(prospect_key) }} as prospect_number
    from people
    cross join settings
    {%- endfor %}

)

select * from final
