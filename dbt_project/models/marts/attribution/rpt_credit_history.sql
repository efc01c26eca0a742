-- Grain: one row per closed month of conversions, channel, model, measure and day on which a value became known (conversion_month, channel_key, model, measure, known_from).
-- Why: credit of a month that is over changes when a touch comes late, somebody is recognised or a
-- group of buyers gets another member. What is no longer so is closed, never changed. Credit of
-- nothing leaves no row: it closes what was known.
with known_before as (

    select * from {{ ref('stg_published__credit_history') }}

),

performance as (

    select * from {{ ref('rpt_channel_performance') }}
    where
        date_role = 'conversion'
        and {{ add_months('performance_month', 1) }} <= {{ as_of_date() }}

),

known_now as (
    {% for measure in [
        'lead_count', 'mql_count', 'opportunity_count', 'credited_conversions',
        'credited_pipeline', 'credited_revenue',
    ] %}
    {{ "union all" if not loop.first }}
    select
        channel_key,
        model,
        '{{ measure }}' as measure,
        cast({{ measure }} as decimal(38, 6)) as value,
        performance_month as conversion_month
    from performance
    where {{ measure }} <> 0
    {%- endfor %}

),

kept as (

    select
        known_before.channel_key,
        known_before.model,
        known_before.measure,
        known_before.value,
        known_before.conversion_month,
        known_before.known_from,
        case
            when known_before.known_to is not null then known_before.known_to
            when known_now.value = known_before.value then null
            else {{ as_of_date() }}
        end as known_to
    from known_before
    left join known_now
        on
            known_before.conversion_month = known_now.conversion_month
            and known_before.channel_key = known_now.channel_key
            and known_before.model = known_now.model
            and known_before.measure = known_now.measure

),

learnt as (

    select
        known_now.channel_key,
        known_now.model,
        known_now.measure,
        known_now.value,
        known_now.conversion_month,
        {{ as_of_date() }} as known_from,
        cast(null as date) as known_to
    from known_now
    left join known_before
        on
            known_now.conversion_month = known_before.conversion_month
            and known_now.channel_key = known_before.channel_key
            and known_now.model = known_before.model
            and known_now.measure = known_before.measure
            and known_now.value = known_before.value
            and known_before.known_to is null
    where known_before.channel_key is null

),

final as (

    select * from kept
    union all
    select * from learnt

)

select * from final
