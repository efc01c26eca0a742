-- Grain: one row per spend month, age in months, channel and model (spend_month, age_months, channel_key, model).
-- Why: the spend of a month goes on to win for a year: what its touches have been credited with by
-- the end of each month since, less refunds. No cell lies ahead of the as-of date, and the month
-- that it falls in is marked. What no touch led to belongs to no spend, and is left out.
with credits as (

    select * from {{ ref('fct_attribution_credit') }}
    where conversion_type in ('won', 'refund') and touch_key is not null

),

ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

model_types as (

    select * from {{ ref('stg_company__attribution_models') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

models as (

    select distinct model from model_types

),

months as (

    select
        month_start_date,
        max(date_day) <= {{ as_of_date() }} as is_mature
    from days
    where month_start_date <= {{ as_of_date() }}
    group by month_start_date

),

spent as (

    select
        channel_key,
        {{ first_of_month('spend_date') }} as spend_month,
        sum(spend) as spend
    from ad_performance
    where spend_date <= {{ as_of_date() }}
    group by
        channel_key,
        {{ first_of_month('spend_date') }}

),

credited as (

    select
        channel_key,
        model,
        {{ first_of_month('touched_date') }} as spend_month,
        {{ first_of_month('converted_date') }} as converted_month,
        sum(credited_amount) as credited_amount,
        sum(case when conversion_type = 'won' then credited_conversions else 0 end)
            as credited_conversions
    from credits
    where converted_date <= {{ as_of_date() }}
    group by
        channel_key,
        model,
        {{ first_of_month('touched_date') }},
        {{ first_of_month('converted_date') }}

),

cohorts as (

    select
        spent.channel_key,
        models.model,
        spent.spend_month
    from spent
    cross join models
    union distinct
    select
        channel_key,
        model,
        spend_month
    from credited

),

cells as (

    select
        cohorts.channel_key,
        cohorts.model,
        cohorts.spend_month,
        months.month_start_date as age_month,
        months.is_mature,
        coalesce(spent.spend, 0) as spend,
        coalesce(credited.credited_amount, 0) as credited_amount,
        coalesce(credited.credited_conversions, 0) as credited_conversions
    from cohorts
    inner join months
        on cohorts.spend_month <= months.month_start_date
    left join spent
        on
            cohorts.channel_key = spent.channel_key
            and cohorts.spend_month = spent.spend_month
    left join credited
        on
            cohorts.channel_key = credited.channel_key
            and cohorts.model = credited.model
            and cohorts.spend_month = credited.spend_month
            and months.month_start_date = credited.converted_month

),

accumulated as (

    select
        *,
        cast({{ months_between('spend_month', 'age_month') }} as integer) as age_months,
        sum(credited_amount) over (
            partition by channel_key, model, spend_month
            order by age_month
        ) as credited_revenue,
        sum(credited_conversions) over (
            partition by channel_key, model, spend_month
            order by age_month
        ) as conversions_so_far
    from cells

),

paid_back as (

    select
        channel_key,
        model,
        spend_month,
        min(age_months) as payback_age_months
    from accumulated
    where spend > 0 and credited_revenue >= spend
    group by
        channel_key,
        model,
        spend_month

),

final as (

    select
        accumulated.channel_key,

        channels.channel_name,
        accumulated.model,

        accumulated.age_months,
        cast(accumulated.spend as decimal(18, 2)) as spend,
        cast(accumulated.credited_revenue as decimal(18, 2)) as credited_revenue,
        cast(accumulated.conversions_so_far as decimal(18, 6)) as credited_conversions,
        {{ safe_ratio('accumulated.credited_revenue', 'accumulated.spend') }} as roas,
        paid_back.payback_age_months,

        accumulated.is_mature,

        accumulated.spend_month
    from accumulated
    left join paid_back
        on
            accumulated.channel_key = paid_back.channel_key
            and accumulated.model = paid_back.model
            and accumulated.spend_month = paid_back.spend_month
    left join channels
        on accumulated.channel_key = channels.channel_key

)

select * from final
