-- Grain: one row per owner and period with pipeline due in it (employee_key, period_grain, period_start).
-- Why: on the eve of the period, when nothing of it is won yet; and on its last day, or
-- the as-of date.
with due_states as (

    select * from {{ ref('int_pipeline_due_states') }}

),

placed as (

    select
        *,
        day_from < period_start and day_to >= period_start as is_begin,
        day_from <= last_day and day_to > last_day as is_end
    from due_states
    where is_in_pipeline and has_begun and owner_employee_key is not null

),

final as (

    select
        owner_employee_key as employee_key,

        period_grain,

        cast(sum(amount) filter (where is_begin) as decimal(18, 2)) as begin_amount,
        cast(sum(amount) filter (where is_end) as decimal(18, 2)) as end_amount,
        count(*) filter (where is_begin) as begin_count,
        count(*) filter (where is_end) as end_count,

        period_start
    from placed
    where is_begin or is_end
    group by
        owner_employee_key,
        period_grain,
        period_start

)

select * from final
