-- Grain: one row per month, stage, dimension and member (flow_month, stage, dimension, member).
-- Why: entries of one month over entries of the stage before in the same month, by one dimension
-- at a time: a flow ratio, not a conversion; it may exceed 1.
{%- set dimensions = {
    'all': "'all'",
    'channel': 'channel_name',
    'segment': 'segment',
    'region': 'region',
    'team': 'team',
    'persona': 'persona',
} %}
with person_stages as (

    select * from {{ ref('fct_person_stage') }}

),

described as (

    select * from {{ ref('int_person_cycles_described') }}

),

entries as (

    select
        person_stages.stage,
        person_stages.stage_order,
        coalesce(described.channel_name, 'unknown') as channel_name,
        coalesce(described.segment, 'unknown') as segment,
        coalesce(described.region, 'unknown') as region,
        coalesce(described.team, 'unknown') as team,
        coalesce(described.persona, 'unknown') as persona,
        {{ first_of_month('person_stages.reached_date') }} as flow_month,
        count(*) as entered_count
    from person_stages
    left join described
        on
            person_stages.person_key = described.person_key
            and person_stages.cycle_number = described.cycle_number
    where not person_stages.is_side_state
    group by all

),

by_dimension as (
    {% for dimension, member in dimensions.items() %}
    {{ "union all" if not loop.first }}
    select
        flow_month,
        '{{ dimension }}' as dimension,
        {{ member }} as member,
        stage,
        sum(entered_count) as entered_count
    from entries
    group by all
    {%- endfor %}

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

-- A month in which a member saw anything has every stage, so that nothing entering the next
-- stage reads 0 and not as a missing row.
cells as (

    select
        flow_month,
        dimension,
        member
    from by_dimension
    group by
        flow_month,
        dimension,
        member

),

dense as (

    select
        cells.flow_month,
        cells.dimension,
        cells.member,
        stages.stage,
        stages.stage_order,
        cast(coalesce(by_dimension.entered_count, 0) as bigint) as entered_count
    from cells
    cross join stages
    left join by_dimension
        on
            cells.flow_month = by_dimension.flow_month
            and cells.dimension = by_dimension.dimension
            and cells.member = by_dimension.member
            and stages.stage = by_dimension.stage

),

compared as (

    select
        *,
        lag(entered_count) over (
            partition by flow_month, dimension, member
            order by stage_order
        ) as preceding_count
    from dense

),

final as (

    select
        stage,
        dimension,
        member,

        stage_order,
        entered_count,
        preceding_count,
        {{ safe_ratio('entered_count', 'preceding_count') }} as flow_rate,

        flow_month
    from compared

)

select * from final
