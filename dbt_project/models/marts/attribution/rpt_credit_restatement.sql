-- Grain: one row per closed month of conversions, channel, model, measure and day on which its published credit changed (conversion_month, channel_key, model, measure, restated_date).
-- Why: whoever made a report of a month that was over has to be told that it would be another now.
-- What was published of a month for the first time restates nothing.
with history as (

    select * from {{ ref('rpt_credit_history') }}

),

first_published as (

    select
        conversion_month,
        min(known_from) as published_date
    from history
    group by conversion_month

),

changes as (

    select
        conversion_month,
        channel_key,
        model,
        measure,
        value as old_value,
        cast(0 as decimal(38, 6)) as new_value,
        known_to as restated_date
    from history
    where known_to is not null
    union all
    select
        conversion_month,
        channel_key,
        model,
        measure,
        cast(0 as decimal(38, 6)) as old_value,
        value as new_value,
        known_from as restated_date
    from history

),

final as (

    select
        changes.channel_key,

        changes.model,
        changes.measure,

        cast(sum(changes.old_value) as decimal(38, 6)) as old_value,
        cast(sum(changes.new_value) as decimal(38, 6)) as new_value,

        changes.conversion_month,
        changes.restated_date
    from changes
    inner join first_published
        on changes.conversion_month = first_published.conversion_month
    where changes.restated_date > first_published.published_date
    group by
        changes.conversion_month,
        changes.channel_key,
        changes.model,
        changes.measure,
        changes.restated_date

)

select * from final
