-- Grain: one row per prospect and touch that may earn credit (prospect_type, prospect_number, touch_number).
-- Why: what a prospect was touched by. Touches of one channel in a row are a run; where the runs
-- before it began says which of them any window of the prospect's touches holds.
with creditable as (

    select * from {{ ref('int_creditable_touches') }}

),

repeats as (

    select * from {{ ref('int_session_repeats') }}

),

channels as (

    select * from {{ ref('int_attribution_channels') }}

),

prospects as (

    select * from {{ ref('int_prospects') }}

),

owned as (

    select
        prospects.prospect_type,
        prospects.prospect_number,
        channels.channel_number,
        {{ key_number('creditable.campaign_key') }} as campaign_number,
        creditable.touch_key,
        creditable.source_priority,
        creditable.touched_date,
        creditable.touched_at
    from creditable
    inner join prospects
        on creditable.person_key = prospects.person_key
    inner join channels
        on creditable.channel_key = channels.channel_key
    left join repeats
        on creditable.touch_key = repeats.touch_key
    where repeats.touch_key is null

),

numbered as (

    select
        *,
        row_number() over (
            partition by prospect_type, prospect_number
            order by touched_at, source_priority nulls last, touch_key
        ) as touch_number,
        lag(channel_number) over (
            partition by prospect_type, prospect_number
            order by touched_at, source_priority nulls last, touch_key
        ) as number_before
    from owned

),

in_runs as (

    select
        *,
        sum(case when number_before = channel_number then 0 else 1 end) over (
            partition by prospect_type, prospect_number
            order by touch_number
            rows between unbounded preceding and current row
        ) as run_number
    from numbered

),

runs as (

    select
        prospect_type,
        prospect_number,
        run_number,
        touch_number as run_start,
        {%- for column, source, steps in [
            ('number_before', 'channel_number', 1),
            ('second_before', 'channel_number', 2),
            ('third_before', 'channel_number', 3),
            ('start_before', 'touch_number', 1),
            ('second_start_before', 'touch_number', 2),
        ] %}
        coalesce(
            lag({{ source }}, {{ steps }}) over (
                partition by prospect_type, prospect_number order by touch_number
            ), 0
        ) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from in_runs
    where number_before is null or number_before <> channel_number

),

final as (

    select
        in_runs.prospect_type,
        in_runs.prospect_number,
        in_runs.touch_number,
        in_runs.channel_number,
        in_runs.campaign_number,
        runs.run_start,
        runs.number_before,
        runs.start_before,
        runs.second_before,
        runs.second_start_before,
        runs.third_before,
        in_runs.touched_date,
        in_runs.touched_at
    from in_runs
    inner join runs
        on
            in_runs.prospect_type = runs.prospect_type
            and in_runs.prospect_number = runs.prospect_number
            and in_runs.run_number = runs.run_number

)

select * from final
