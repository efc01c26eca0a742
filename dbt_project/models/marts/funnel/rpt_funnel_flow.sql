-- Grain: one row per month, stage, channel and segment (flow_month, stage, channel_key, segment).
-- Why: entries of one month over entries of the stage before in the same month: a flow
-- ratio, not a conversion; it may exceed 1. Conversions of people are in
-- rpt_funnel_cohort.
with person_stages as (

    select * from {{ ref('fct_person_stage') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

entries as (

    select
        stage,
        stage_order,
        channel_key,
        coalesce(segment, 'unknown') as segment,
        {{ first_of_month('reached_date') }} as flow_month,
        count(*) as entered_count
    from person_stages
    where not is_side_state
    group by all

),

stages as (

    select
        stage,
        stage_order
    from entries
    group by
        stage,
        stage_order

),

-- A month in which a channel and segment saw anything has every stage, so that nothing
-- entering the next stage reads 0 and not as a missing row.
cells as (

    select
        flow_month,
        channel_key,
        segment
    from entries
    group by
        flow_month,
        channel_key,
        segment

),

dense as (

    select
        cells.flow_month,
        cells.channel_key,
        cells.segment,
        stages.stage,
        stages.stage_order,
        coalesce(entries.entered_count, 0) as entered_count,
        lag(coalesce(entries.entered_count, 0)) over (
            partition by cells.flow_month, cells.channel_key, cells.segment
            order by stages.stage_order
        ) as preceding_count
    from cells
    cross join stages
    left join entries
        on
            cells.flow_month = entries.flow_month
            and cells.channel_key = entries.channel_key
            and cells.segment = entries.segment
            and stages.stage = entries.stage

),

final as (

    select
        dense.channel_key,

        dense.stage,
        channels.channel_name,
        dense.segment,

        dense.stage_order,
        dense.entered_count,
        dense.preceding_count,
        {{ safe_ratio('dense.entered_count', 'dense.preceding_count') }} as flow_rate,

        dense.flow_month
    from dense
    left join channels
        on dense.channel_key = channels.channel_key

)

select * from final
