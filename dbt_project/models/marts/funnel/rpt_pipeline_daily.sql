-- Grain: one row per day, team and sales stage (pipeline_date, team, sales_stage).
-- Why: running sums over the changes, by day from the first open one to the as-of date.
{%- set measures = ['open', 'stalled', 'past_due'] %}
{%- set changes = ['count', 'known_count', 'weighted_count', 'amount', 'weighted'] %}
with changes as (

    select * from {{ ref('int_pipeline_changes') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

sales_stages as (

    select * from {{ ref('dim_sales_stage') }}

),

first_day as (

    select min(date_day) as date_day from days

),

cells as (

    select
        changes.team,
        changes.sales_stage,
        greatest(min(changes.change_date), min(first_day.date_day)) as first_date
    from changes
    cross join first_day
    group by
        changes.team,
        changes.sales_stage

),

-- What was open before the calendar begins counts from its first day on.
daily_changes as (

    select
        changes.team,
        changes.sales_stage,
        greatest(changes.change_date, first_day.date_day) as change_date,
        {%- for measure in measures %}
        {%- for change in changes %}
        sum(changes.{{ change }}_change) filter (where changes.measure = '{{ measure }}')
            as {{ measure }}_{{ change }}{{ "," if not loop.last }}
        {%- endfor %}{{ "," if not loop.last }}
        {%- endfor %}
    from changes
    cross join first_day
    group by all

),

running as (

    select
        cells.team,
        cells.sales_stage,
        days.date_day as pipeline_date,
        {%- for measure in measures %}
        {%- for change in changes %}
        coalesce(sum(daily_changes.{{ measure }}_{{ change }}) over running_days, 0)
            as {{ measure }}_{{ change }}{{ "," if not loop.last }}
        {%- endfor %}{{ "," if not loop.last }}
        {%- endfor %}
    from cells
    inner join days
        on cells.first_date <= days.date_day
    left join daily_changes
        on
            cells.team = daily_changes.team
            and cells.sales_stage = daily_changes.sales_stage
            and days.date_day = daily_changes.change_date
    where days.date_day <= {{ as_of_date() }}
    window running_days as (
        partition by cells.team, cells.sales_stage
        order by days.date_day
        rows between unbounded preceding and current row
    )

),

final as (

    select
        running.team,
        running.sales_stage,

        {%- for measure in measures %}
        cast(running.{{ measure }}_count as bigint) as {{ measure }}_count,
        case
            when running.{{ measure }}_known_count > 0 or running.{{ measure }}_count = 0
                then cast(running.{{ measure }}_amount as decimal(18, 2))
        end as {{ measure }}_amount,
        {%- endfor %}
        cast(running.open_count - running.open_known_count as bigint)
            as unknown_amount_count,
        case
            when running.open_weighted_count > 0 or running.open_count = 0
                then cast(running.open_weighted as decimal(18, 2))
        end as weighted_amount,

        sales_stages.is_pipeline,

        running.pipeline_date
    from running
    inner join sales_stages
        on running.sales_stage = sales_stages.sales_stage

)

select * from final
