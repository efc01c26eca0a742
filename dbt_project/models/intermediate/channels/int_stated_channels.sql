-- Grain: one row per kind of record and value of its source field (entity, source_field).
-- Why: which channel the record names by itself, whatever its tags say: by the first rule of
-- channels.csv that looks at nothing but the source field.
with channel_inputs as (

    select * from {{ ref('int_channel_inputs') }}

),

channel_rules as (

    select * from {{ ref('stg_company__channel_rules') }}

),

stated as (

    select distinct
        entity,
        source_field
    from channel_inputs
    where entity in ('lead', 'opportunity') and source_field is not null

),

rules as (

    select
        rule_order,
        channel_name,
        {{ like_pattern('source_field') }} as source_field_like
    from channel_rules
    where
        source_field is not null
        and coalesce(utm_source, utm_medium, utm_campaign, referrer_domain, click_id_type) is null

),

first_rules as (

    select
        stated.entity,
        stated.source_field,
        min(rules.rule_order) as rule_order
    from stated
    inner join rules
        on stated.source_field like rules.source_field_like escape '!'
    group by
        stated.entity,
        stated.source_field

),

final as (

    select
        {{ surrogate_key(["coalesce(rules.channel_name, 'unmapped')"]) }} as channel_key,

        stated.entity,
        stated.source_field
    from stated
    left join first_rules
        on
            stated.entity = first_rules.entity
            and stated.source_field = first_rules.source_field
    left join rules
        on first_rules.rule_order = rules.rule_order

)

select * from final
