-- Grain: one row per kind of evidence, name, channel and first day (evidence_kind, evidence_name, channel_key, start_date).
-- Why: what others say that a channel brought, each by rules of its own: the ad platforms, the
-- records themselves, and experiments. Months of platforms and records, spans of experiments.
with ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

settings as (

    select * from {{ ref('stg_company__attribution_settings') }}

),

stated_channels as (

    select * from {{ ref('int_stated_channels') }}

),

channel_inputs as (

    select * from {{ ref('int_channel_inputs') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}
    where is_reportable and created_date is not null

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_reportable and created_date is not null

),

experiments as (

    select * from {{ ref('stg_company__experiments') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}
    where not is_unknown

),

platform_months as (

    select
        ad_performance.platform,
        ad_performance.channel_key,
        settings.platform_conversion_type,
        {{ first_of_month('ad_performance.spend_date') }} as start_date,
        sum(ad_performance.platform_conversions) as conversions
    from ad_performance
    cross join settings
    where ad_performance.platform_conversions is not null
    group by
        ad_performance.platform,
        ad_performance.channel_key,
        settings.platform_conversion_type,
        {{ first_of_month('ad_performance.spend_date') }}

),

records as (

    select
        'lead' as entity,
        lead_key as record_key,
        cast(null as decimal(18, 2)) as amount,
        created_date
    from leads
    union all
    select
        'opportunity' as entity,
        opportunity_key as record_key,
        amount,
        created_date
    from opportunities

),

stated_months as (

    select
        records.entity,
        stated_channels.channel_key,
        {{ first_of_month('records.created_date') }} as start_date,
        count(*) as conversions,
        sum(records.amount) as amount
    from records
    inner join channel_inputs
        on
            records.entity = channel_inputs.entity
            and records.record_key = channel_inputs.record_key
    inner join stated_channels
        on
            channel_inputs.entity = stated_channels.entity
            and channel_inputs.source_field = stated_channels.source_field
    group by
        records.entity,
        stated_channels.channel_key,
        {{ first_of_month('records.created_date') }}

),

-- An id that two sources use names no campaign.
named_campaigns as (

    select
        source_id,
        max(campaign_key) as campaign_key
    from campaigns
    group by source_id
    having count(*) = 1

),

unioned as (

    select
        'platform_reported' as evidence_kind,
        platform as evidence_name,
        platform as evidence_source,
        channel_key,
        cast(null as varchar) as campaign_key,
        platform_conversion_type as conversion_type,
        conversions,
        cast(null as decimal(18, 6)) as conversions_low,
        cast(null as decimal(18, 6)) as conversions_high,
        cast(null as decimal(18, 2)) as amount,
        cast(null as decimal(18, 2)) as amount_low,
        cast(null as decimal(18, 2)) as amount_high,
        cast(null as decimal(9, 6)) as confidence,
        start_date,
        {{ add_days(add_months('start_date', 1), -1) }} as end_date
    from platform_months
    union all
    select
        'self_reported' as evidence_kind,
        entity || ' source field' as evidence_name,
        entity || ' source field' as evidence_source,
        channel_key,
        cast(null as varchar) as campaign_key,
        entity as conversion_type,
        conversions,
        cast(null as decimal(18, 6)) as conversions_low,
        cast(null as decimal(18, 6)) as conversions_high,
        amount,
        cast(null as decimal(18, 2)) as amount_low,
        cast(null as decimal(18, 2)) as amount_high,
        cast(null as decimal(9, 6)) as confidence,
        start_date,
        {{ add_days(add_months('start_date', 1), -1) }} as end_date
    from stated_months
    union all
    select
        'lift_test' as evidence_kind,
        experiments.experiment as evidence_name,
        experiments.evidence_source,
        {{ surrogate_key(['experiments.channel_name']) }} as channel_key,
        case
            when experiments.campaign_id is not null
                then coalesce(named_campaigns.campaign_key, {{ unknown_key('campaign') }})
        end as campaign_key,
        experiments.conversion_type,
        experiments.incremental_conversions as conversions,
        experiments.lowest_conversions as conversions_low,
        experiments.highest_conversions as conversions_high,
        experiments.incremental_amount as amount,
        experiments.lowest_amount as amount_low,
        experiments.highest_amount as amount_high,
        experiments.confidence,
        experiments.start_date,
        experiments.end_date
    from experiments
    left join named_campaigns
        on experiments.campaign_id = named_campaigns.source_id

),

final as (

    select
        channel_key,
        campaign_key,
        evidence_kind,
        evidence_name,
        evidence_source,
        conversion_type,
        cast(conversions as decimal(18, 6)) as evidence_conversions,
        cast(conversions_low as decimal(18, 6)) as evidence_conversions_low,
        cast(conversions_high as decimal(18, 6)) as evidence_conversions_high,
        cast(amount as decimal(18, 2)) as evidence_amount,
        cast(amount_low as decimal(18, 2)) as evidence_amount_low,
        cast(amount_high as decimal(18, 2)) as evidence_amount_high,
        confidence,
        start_date,
        end_date
    from unioned

)

select * from final
