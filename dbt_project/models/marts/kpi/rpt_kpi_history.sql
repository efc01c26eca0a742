-- Grain: one row per KPI, period, member and day on which a value became known (kpi, period_grain, period_start, dimension, member, known_from).
-- Why: what is no longer what it was is closed, never changed, so that a report of any day can be
-- explained. An unknown value is no value: it closes what was known and opens nothing.
with known_before as (

    select * from {{ ref('stg_published__kpi_history') }}

),

report as (

    select * from {{ ref('rpt_kpi') }}

),

known_now as (

    select
        kpi,
        kpi_group,
        period_grain,
        dimension,
        member,
        value,
        period_start
    from report
    where value is not null

),

kept as (

    select
        known_before.kpi,
        coalesce(known_now.kpi_group, known_before.kpi_group) as kpi_group,
        known_before.period_grain,
        known_before.dimension,
        known_before.member,
        known_before.value,
        known_before.period_start,
        known_before.known_from,
        case
            when known_before.known_to is not null then known_before.known_to
            when known_now.value = known_before.value then null
            else {{ as_of_date() }}
        end as known_to
    from known_before
    left join known_now
        on
            known_before.kpi = known_now.kpi
            and known_before.period_grain = known_now.period_grain
            and known_before.period_start = known_now.period_start
            and known_before.dimension = known_now.dimension
            and known_before.member = known_now.member

),

learnt as (

    select
        known_now.kpi,
        known_now.kpi_group,
        known_now.period_grain,
        known_now.dimension,
        known_now.member,
        known_now.value,
        known_now.period_start,
        {{ as_of_date() }} as known_from,
        cast(null as date) as known_to
    from known_now
    left join known_before
        on
            known_now.kpi = known_before.kpi
            and known_now.period_grain = known_before.period_grain
            and known_now.period_start = known_before.period_start
            and known_now.dimension = known_before.dimension
            and known_now.member = known_before.member
            and known_now.value = known_before.value
            and known_before.known_to is null
    where known_before.kpi is null

),

final as (

    select * from kept
    union all
    select * from learnt

)

select * from final
