-- Grain: one row per dimension, member of it, month, model and date role (dimension, member_key, performance_month, model, date_role).
-- Why: the one place where spend is divided by what it was credited with, for channels and
-- campaigns alike. A cost per customer is unknown where no ad cost anything: other work is not free.
with spend_and_credit as (

    select * from {{ ref('int_spend_and_credit') }}

),

lookbacks as (

    select * from {{ ref('stg_company__attribution_lookbacks') }}
    where conversion_type = 'won'

),

by_member as (

    select
        'channel' as dimension,
        channel_key as member_key,
        *
    from spend_and_credit
    union all
    select
        'campaign' as dimension,
        campaign_key as member_key,
        *
    from spend_and_credit

),

months as (

    select
        dimension,
        member_key,
        model,
        date_role,
        {{ first_of_month('performance_date') }} as performance_month,
        {%- for measure in [
            'spend', 'lead_count', 'mql_count', 'opportunity_count', 'won_count',
            'new_customer_count', 'credited_pipeline', 'credited_revenue',
        ] %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from by_member
    group by
        dimension,
        member_key,
        model,
        date_role,
        {{ first_of_month('performance_date') }}

),

final as (

    select
        months.member_key,
        months.dimension,
        months.model,
        months.date_role,
        cast(months.spend as decimal(18, 2)) as spend,
        cast(months.lead_count as decimal(18, 6)) as lead_count,
        cast(months.mql_count as decimal(18, 6)) as mql_count,
        cast(months.opportunity_count as decimal(18, 6)) as opportunity_count,
        cast(months.won_count as decimal(18, 6)) as credited_conversions,
        cast(months.new_customer_count as decimal(18, 6)) as new_customer_count,
        cast(months.credited_pipeline as decimal(18, 2)) as credited_pipeline,
        cast(months.credited_revenue as decimal(18, 2)) as credited_revenue,
        {{ safe_ratio('nullif(months.spend, 0)', 'months.new_customer_count') }} as cac,
        {{ safe_ratio('months.credited_revenue', 'months.spend') }} as roas,
        {{ safe_ratio('months.credited_pipeline', 'months.spend') }} as pipeline_per_spend,
        -- A touch of the month's last day may earn credit until the lookback has passed.
        {{ start_of_company_day(add_months('months.performance_month', 1)) }}
        <= case
            when months.date_role = 'touch'
                then {{ add_seconds(end_of_as_of_date(), '-lookbacks.lookback_seconds') }}
            else {{ end_of_as_of_date() }}
        end as is_mature,
        months.performance_month
    from months
    cross join lookbacks

)

select * from final
