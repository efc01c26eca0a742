-- Grain: one row per kind of evidence, name, channel and first day (evidence_kind, evidence_name, channel_key, start_date).
-- Why: what others say beside what our models say for the same days, type of conversion and channel
-- or campaign: the smallest and the largest of them, so that nothing invites a sum.
with evidence as (

    select * from {{ ref('int_channel_evidence') }}

),

spend_and_credit as (

    select * from {{ ref('int_spend_and_credit') }}
    where date_role = 'conversion'

),

models as (

    select * from {{ ref('stg_company__attribution_models') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

credited as (

    {%- for type, count, amount in [
        ('lead', 'lead_count', none),
        ('mql', 'mql_count', none),
        ('opportunity', 'opportunity_count', 'credited_pipeline'),
        ('won', 'won_count', 'credited_revenue'),
    ] %}
    select
        '{{ type }}' as conversion_type,
        channel_key,
        campaign_key,
        model,
        {{ count }} as conversions,
        {{ amount or 'cast(null as decimal(18, 2))' }} as amount,
        performance_date
    from spend_and_credit
    where {{ count }} is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

by_model as (

    select
        evidence.evidence_kind,
        evidence.evidence_name,
        evidence.channel_key,
        evidence.start_date,
        models.model,
        coalesce(sum(credited.conversions), 0) as conversions,
        case
            when evidence.conversion_type in ('opportunity', 'won')
                then coalesce(sum(credited.amount), 0)
        end as amount
    from evidence
    inner join models
        on evidence.conversion_type = models.conversion_type
    left join credited
        on
            evidence.conversion_type = credited.conversion_type
            and evidence.channel_key = credited.channel_key
            and models.model = credited.model
            and evidence.start_date <= credited.performance_date
            and evidence.end_date >= credited.performance_date
            and coalesce(evidence.campaign_key = credited.campaign_key, true)
    group by
        evidence.evidence_kind,
        evidence.evidence_name,
        evidence.channel_key,
        evidence.start_date,
        evidence.conversion_type,
        models.model

),

ranges as (

    select
        evidence_kind,
        evidence_name,
        channel_key,
        start_date,
        min(conversions) as conversions_low,
        max(conversions) as conversions_high,
        min(amount) as amount_low,
        max(amount) as amount_high
    from by_model
    group by
        evidence_kind,
        evidence_name,
        channel_key,
        start_date

),

final as (

    select
        evidence.channel_key,
        evidence.campaign_key,

        channels.channel_name,
        evidence.evidence_kind,
        evidence.evidence_name,
        evidence.evidence_source,
        evidence.conversion_type,

        evidence.evidence_conversions,
        evidence.evidence_conversions_low,
        evidence.evidence_conversions_high,
        evidence.evidence_amount,
        evidence.evidence_amount_low,
        evidence.evidence_amount_high,
        evidence.confidence,
        cast(ranges.conversions_low as decimal(18, 6)) as credited_conversions_low,
        cast(ranges.conversions_high as decimal(18, 6)) as credited_conversions_high,
        cast(ranges.amount_low as decimal(18, 2)) as credited_amount_low,
        cast(ranges.amount_high as decimal(18, 2)) as credited_amount_high,

        evidence.end_date <= {{ as_of_date() }} as is_mature,

        evidence.start_date,
        evidence.end_date
    from evidence
    left join ranges
        on
            evidence.evidence_kind = ranges.evidence_kind
            and evidence.evidence_name = ranges.evidence_name
            and evidence.channel_key = ranges.channel_key
            and evidence.start_date = ranges.start_date
    left join channels
        on evidence.channel_key = channels.channel_key

)

select * from final
