-- Grain: one row per combination of channel inputs that occurs (channel_input_key).
-- Why: the first rule of channels.csv that fits wins; rules are tried per combination,
-- not per record.
{%- set inputs = [
    'utm_source',
    'utm_medium',
    'utm_campaign',
    'referrer_domain',
    'click_id_type',
    'source_field',
] %}
with channel_inputs as (

    select * from {{ ref('int_channel_inputs') }}

),

channel_rules as (

    select * from {{ ref('stg_company__channel_rules') }}

),

occurring as (

    select
        channel_input_key,
        {%- for input in inputs %}
        {{ input }},
        {%- endfor %}
        count(*) as record_count
    from channel_inputs
    group by all

),

like_rules as (

    select
        rule_order,
        channel_name,
        channel_group,
        {%- for input in inputs %}
        nullif(lower(trim({{ input }})), '') as {{ input }}_pattern,
        {{ like_pattern(input) }} as {{ input }}_like{{ "," if not loop.last }}
        {%- endfor %}
    from channel_rules

),

matched as (

    select
        occurring.*,
        like_rules.rule_order,
        like_rules.channel_name,
        like_rules.channel_group
    from occurring
    left join like_rules
        on
            {%- for input in inputs %}
            {{ "and " if not loop.first }}case
                when like_rules.{{ input }}_pattern is null then true
                when like_rules.{{ input }}_pattern = '<blank>'
                    then occurring.{{ input }} is null
                else coalesce(
                    occurring.{{ input }} like like_rules.{{ input }}_like escape '!',
                    false
                )
            end
            {%- endfor %}
    qualify row_number() over (
        partition by occurring.channel_input_key
        order by like_rules.rule_order
    ) = 1

),

named as (

    select
        channel_input_key,
        {%- for input in inputs %}
        {{ input }},
        {%- endfor %}
        record_count,
        rule_order,
        case
            when rule_order is not null then channel_name
            when coalesce({{ inputs | join(', ') }}) is null then 'not_recorded'
            else 'unmapped'
        end as channel_name,
        case
            when rule_order is not null then coalesce(channel_group, channel_name)
            when coalesce({{ inputs | join(', ') }}) is null then 'not_recorded'
            else 'unmapped'
        end as channel_group
    from matched

),

final as (

    select
        channel_input_key,
        {{ surrogate_key(['channel_name']) }} as channel_key,

        {%- for input in inputs %}
        {{ input }},
        {%- endfor %}
        channel_name,
        channel_group,

        record_count,
        rule_order
    from named

)

select * from final
