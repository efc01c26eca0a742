-- Grain: one row per component, day and dimensions of steps of the funnel (component, component_date, channel_name, team, segment, region, product_name, persona).
-- Why: each step of funnel.yml has a cohort (those who entered it, and of these those who went on in
-- time, on the day they entered), and each stage its entries, of which flow ratios are made. The
-- components bear the stages' names, so that no stage is written here.
with steps as (

    select * from {{ ref('int_funnel_steps') }}

),

person_stages as (

    select * from {{ ref('fct_person_stage') }}
    where not is_side_state

),

cycles as (

    select * from {{ ref('int_person_cycles_described') }}

),

cohorts as (
    {% for suffix, quantity in [
        ('entered', 'count(*)'),
        ('converted', 'count(*) filter (where is_converted)'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        concat(from_stage, '_to_', to_stage, '_{{ suffix }}') as component,
        channel_name,
        team,
        segment,
        region,
        persona,
        {{ quantity }} as quantity,
        entered_date as component_date
    from steps
    group by all
    {%- endfor %}

),

entries as (

    select
        concat('entries_', person_stages.stage) as component,
        coalesce(cycles.channel_name, 'unknown') as channel_name,
        coalesce(cycles.team, 'unknown') as team,
        coalesce(cycles.segment, 'unknown') as segment,
        coalesce(cycles.region, 'unknown') as region,
        coalesce(cycles.persona, 'unknown') as persona,
        count(*) as quantity,
        person_stages.reached_date as component_date
    from person_stages
    left join cycles
        on
            person_stages.person_key = cycles.person_key
            and person_stages.cycle_number = cycles.cycle_number
    group by all

),

unioned as (

    select * from cohorts
    union all
    select * from entries

),

final as (

    select
        component,
        channel_name,
        team,
        segment,
        region,
        'unknown' as product_name,
        persona,

        cast(quantity as decimal(38, 6)) as quantity,

        component_date
    from unioned
    where component_date <= {{ as_of_date() }}

)

select * from final
