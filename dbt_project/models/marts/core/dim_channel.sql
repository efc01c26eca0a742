-- Grain: one row per channel (channel_key).
-- Why: every channel that a rule names, the two buckets for what no rule places, the one for
-- what no touch led to, and channels that only a cost names.
with channel_rules as (

    select * from {{ ref('stg_company__channel_rules') }}

),

costs as (

    select * from {{ ref('conformed_costs') }}

),

unioned as (

    select
        channel_name,
        channel_group,
        business_function,
        rule_order,
        1 as precedence
    from channel_rules
    union all
    select
        'not_recorded' as channel_name,
        'not_recorded' as channel_group,
        cast(null as varchar) as business_function,
        0 as rule_order,
        2 as precedence
    union all
    select
        'unmapped' as channel_name,
        'unmapped' as channel_group,
        cast(null as varchar) as business_function,
        0 as rule_order,
        2 as precedence
    union all
    select
        'unattributed' as channel_name,
        'unattributed' as channel_group,
        cast(null as varchar) as business_function,
        0 as rule_order,
        2 as precedence
    union all
    select
        nullif(trim(channel_name), '') as channel_name,
        'unlisted' as channel_group,
        cast(null as varchar) as business_function,
        0 as rule_order,
        3 as precedence
    from costs
    where nullif(trim(channel_name), '') is not null

),

final as (

    select
        {{ surrogate_key(['channel_name']) }} as channel_key,

        channel_name,
        channel_group,
        coalesce(business_function, 'not_assigned') as business_function,

        precedence = 2 as is_bucket
    from unioned
    qualify row_number() over (
        partition by channel_name
        order by precedence, rule_order
    ) = 1

)

select * from final
