-- Grain: one row per person, cycle and step of funnel.yml that the person entered (person_key, cycle_number, from_stage, to_stage).
-- Why: what a conversion is and how long it took, once for every report of them. Days are measured
-- between entries of which somebody noted the day: a skipped stage, a status without a date and a
-- mass change have none.
with person_stages as (

    select * from {{ ref('fct_person_stage') }}

),

conversions as (

    select * from {{ ref('stg_company__conversions') }}

),

described as (

    select * from {{ ref('int_person_cycles_described') }}

),

-- Where a person was given back, lost or left, nobody waits for the next stage.
ended as (

    select
        person_key,
        cycle_number,
        max(reached_date) as ended_date
    from person_stages
    where is_side_state
    group by
        person_key,
        cycle_number

),

entered as (

    select
        person_stages.person_key,
        person_stages.cycle_number,
        person_stages.channel_key,
        person_stages.is_skipped,
        person_stages.is_inferred,
        person_stages.is_bulk_load,
        conversions.from_stage,
        conversions.to_stage,
        conversions.window_days,
        conversions.conversion_order,
        person_stages.reached_date
    from person_stages
    inner join conversions
        on person_stages.stage = conversions.from_stage

),

followed as (

    select
        entered.*,
        later_stages.reached_date as next_date,
        {{ days_between('entered.reached_date', 'later_stages.reached_date') }}
            as days_to_convert,
        coalesce(entered.is_skipped or entered.is_inferred or entered.is_bulk_load, false)
        or coalesce(
            later_stages.is_skipped or later_stages.is_inferred or later_stages.is_bulk_load,
            false
        ) as is_without_pace
    from entered
    left join person_stages as later_stages
        on
            entered.person_key = later_stages.person_key
            and entered.cycle_number = later_stages.cycle_number
            and entered.to_stage = later_stages.stage

),

final as (

    select
        followed.person_key,
        followed.cycle_number,
        followed.channel_key,

        followed.from_stage,
        followed.to_stage,
        coalesce(described.channel_name, 'unknown') as channel_name,
        coalesce(described.segment, 'unknown') as segment,
        coalesce(described.region, 'unknown') as region,
        coalesce(described.team, 'unknown') as team,
        coalesce(described.persona, 'unknown') as persona,

        followed.conversion_order,
        followed.window_days,
        case
            when followed.days_to_convert >= 0 and not followed.is_without_pace
                then followed.days_to_convert
        end as step_days,
        case
            when
                followed.next_date is null
                and not coalesce(ended.ended_date >= followed.reached_date, false)
                then {{ days_between('followed.reached_date', as_of_date()) }}
        end as open_days,

        coalesce(followed.days_to_convert between 0 and followed.window_days, false)
            as is_converted,

        followed.reached_date as entered_date,
        followed.next_date as converted_date
    from followed
    left join described
        on
            followed.person_key = described.person_key
            and followed.cycle_number = described.cycle_number
    left join ended
        on
            followed.person_key = ended.person_key
            and followed.cycle_number = ended.cycle_number

)

select * from final
