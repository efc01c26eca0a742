-- Grain: one row per source object, its month, Concord's month and reason (bridge_key).
-- Why: an advertising platform is a source object of its own, at the rate of the platform date; all
-- lists of media costs are one, at the rate of the month's end, of which the KPI leaves out what a
-- platform reports too. Two kinds of sources in one shape, hence the length.
with ad_spend as (

    select * from {{ ref('stg_file_drop__ad_spend') }}

),

company_costs as (

    select * from {{ ref('stg_company__costs') }}

),

source_costs as (

    select * from {{ ref('stg_file_drop__costs') }}

),

ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

media_costs as (

    select * from {{ ref('int_kpi_media_costs') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

platform_figures as (

    select
        ad_spend.source_system,
        ad_spend.source_instance,
        ad_spend.platform,
        {{ first_of_month('ad_spend.spend_date') }} as spend_month,
        sum({{ converted(
            'ad_spend.spend',
            exchange_rate('rates.rate', 'ad_spend.currency_code')
        ) }}) as amount
    from ad_spend
    left join rates
        on
            ad_spend.currency_code = rates.currency_code
            and ad_spend.spend_date = rates.rate_date
    where ad_spend.spend_date <= {{ as_of_date() }}
    group by
        ad_spend.source_system,
        ad_spend.source_instance,
        ad_spend.platform,
        {{ first_of_month('ad_spend.spend_date') }}

),

performance_figures as (

    select
        source_system,
        source_instance,
        platform,
        {{ first_of_month('spend_date') }} as spend_month,
        sum(spend) as amount
    from ad_performance
    where spend_date <= {{ as_of_date() }}
    group by
        source_system,
        source_instance,
        platform,
        {{ first_of_month('spend_date') }}

),

platforms_compared as (

    select
        coalesce(platform_figures.source_system, performance_figures.source_system)
            as source_system,
        coalesce(platform_figures.source_instance, performance_figures.source_instance)
            as source_instance,
        coalesce(platform_figures.platform, performance_figures.platform) as source_object,
        cast(null as varchar) as reason,
        platform_figures.amount as source_amount,
        performance_figures.amount as concord_amount,
        platform_figures.spend_month as source_month,
        performance_figures.spend_month as concord_month
    from platform_figures
    full join performance_figures
        on
            platform_figures.source_system = performance_figures.source_system
            and platform_figures.source_instance = performance_figures.source_instance
            and platform_figures.platform = performance_figures.platform
            and platform_figures.spend_month = performance_figures.spend_month

),

listed_costs as (

    select
        category,
        nullif(trim(channel_name), '') as channel_name,
        amount,
        currency_code,
        cost_month
    from company_costs
    union all
    select
        category,
        nullif(trim(channel_name), '') as channel_name,
        amount,
        currency_code,
        {{ first_of_month('cost_month') }} as cost_month
    from source_costs

),

cost_figures as (

    select
        listed_costs.channel_name,
        listed_costs.cost_month,
        sum({{ converted(
            'listed_costs.amount',
            exchange_rate('rates.rate', 'listed_costs.currency_code')
        ) }}) as amount
    from listed_costs
    left join rates
        on
            listed_costs.currency_code = rates.currency_code
            and {{ add_days(add_months('listed_costs.cost_month', 1), -1) }}
            = rates.rate_date
    where
        {{ normalised('listed_costs.category') }} = 'media'
        and listed_costs.cost_month <= {{ as_of_date() }}
    group by
        listed_costs.channel_name,
        listed_costs.cost_month

),

media_figures as (

    select
        channel_name,
        cost_month,
        bool_or(is_counted) as is_counted,
        bool_or(is_rate_missing) as is_rate_missing,
        sum(amount) filter (where is_counted) as amount
    from media_costs
    where cost_month <= {{ as_of_date() }}
    group by
        channel_name,
        cost_month

),

costs_compared as (

    select
        'company' as source_system,
        'cost_lists' as source_instance,
        'media_costs' as source_object,
        case
            when not media_figures.is_counted then 'reported_by_platform'
            when media_figures.is_rate_missing then 'rate_missing'
        end as reason,
        cost_figures.amount as source_amount,
        media_figures.amount as concord_amount,
        cost_figures.cost_month as source_month,
        case when media_figures.is_counted then media_figures.cost_month end
            as concord_month
    from cost_figures
    full join media_figures
        on
            cost_figures.channel_name is not distinct from media_figures.channel_name
            and cost_figures.cost_month = media_figures.cost_month

),

unioned as (

    select * from platforms_compared
    union all
    select * from costs_compared

),

summed as (

    select
        source_system,
        source_instance,
        source_object,
        'spend' as kpi,
        reason,

        cast(coalesce(sum(source_amount), 0) as decimal(38, 6)) as source_value,
        cast(coalesce(sum(concord_amount), 0) as decimal(38, 6)) as concord_value,

        source_month,
        concord_month
    from unioned
    where coalesce(source_month, concord_month) is not null
    group by
        source_system,
        source_instance,
        source_object,
        reason,
        source_month,
        concord_month

),

final as (

    select
        {{ surrogate_key([
            'source_system',
            'source_instance',
            'source_object',
            'source_month',
            'concord_month',
            'reason',
        ]) }} as bridge_key,
        *
    from summed

)

select * from final
