{#- CTEs that tell loads from work: `judged` has one row per source, hand and hour of `changes` and
    whether the hand changed so many in it that nobody knows since when they hold (is_bulk_load), by
    bulk_changes of funnel.yml. `changes` has source_instance, changed_by and changed_hour; the model
    imports stg_company__bulk_changes as bulk_changes. -#}
{% macro bulk_hours(changes) -%}
hours as (

    select
        source_instance,
        changed_by,
        changed_hour,
        count(*) as change_count
    from {{ changes }}
    group by
        source_instance,
        changed_by,
        changed_hour

),

usual_hours as (

    select
        source_instance,
        case
            when count(*) > 1
                then percentile_disc(0.5) within group (order by change_count)
            else 0
        end as change_count
    from hours
    group by source_instance

),

-- A machine that qualifies all day long has busier hours than people have.
usual_hours_of_hands as (

    select
        hours.source_instance,
        hours.changed_by,
        percentile_disc(0.5) within group (order by hours.change_count) as change_count
    from hours
    cross join bulk_changes
    group by
        hours.source_instance,
        hours.changed_by
    having count(*) >= max(bulk_changes.at_least)

),

judged as (

    select
        hours.source_instance,
        hours.changed_by,
        hours.changed_hour,
        hours.change_count >= bulk_changes.at_least
        and hours.change_count > bulk_changes.times_usual
        * coalesce(usual_hours_of_hands.change_count, usual_hours.change_count)
            as is_bulk_load
    from hours
    inner join usual_hours
        on hours.source_instance = usual_hours.source_instance
    left join usual_hours_of_hands
        on
            hours.source_instance = usual_hours_of_hands.source_instance
            and hours.changed_by = usual_hours_of_hands.changed_by
    cross join bulk_changes

)
{%- endmacro %}
