-- Grain: one row per objection of a payee to his or her pay (dispute_key).
-- Why: tied to the lines of the deal that it is about in the month that paid them, or to the
-- statement where it is about none; what was posted for them afterwards is what came of it.
with disputes as (

    select * from {{ ref('conformed_compensation_disputes') }}

),

lines as (

    select * from {{ ref('comp_statement_line') }}

),

periods as (

    select * from {{ ref('comp_period') }}

),

keyed as (

    select
        *,
        {{ payee_key('employee_key') }} as payee_key,
        case
            when opportunity_key is not null
                then {{ surrogate_key(["'booking'", 'opportunity_key']) }}
        end as root_event_key
    from disputes

),

-- The first statement on or after the first day of the disputed period that has such a line.
disputed as (

    select
        keyed.dispute_key,
        lines.statement_key,
        lines.period,
        min(lines.line_number) as line_number,
        cast(sum(lines.amount) as decimal(18, 2)) as amount
    from keyed
    inner join lines
        on
            keyed.payee_key = lines.payee_key
            and keyed.period_start <= lines.origin_period
            and (keyed.root_event_key is null or keyed.root_event_key = lines.root_event_key)
    group by
        keyed.dispute_key,
        lines.statement_key,
        lines.period
    qualify row_number() over (
        partition by keyed.dispute_key order by lines.period asc, lines.statement_key asc
    ) = 1

),

caused as (

    select
        keyed.dispute_key,
        min(lines.posting_key) as posting_key,
        cast(sum(lines.amount) as decimal(18, 2)) as amount
    from keyed
    inner join disputed
        on keyed.dispute_key = disputed.dispute_key
    inner join lines
        on
            keyed.payee_key = lines.payee_key
            and keyed.root_event_key = lines.root_event_key
            and disputed.period = lines.origin_period
            and disputed.period < lines.period
    where keyed.resolution = 'accepted'
    group by keyed.dispute_key

),

final as (

    select
        keyed.dispute_key,
        keyed.payee_key,
        keyed.root_event_key,
        disputed.statement_key,
        caused.posting_key,

        keyed.source_system,
        keyed.source_id,
        keyed.reason,
        case
            when keyed.resolved_at is null then 'open'
            else keyed.resolution
        end as status,
        periods.status as period_status,

        disputed.line_number,
        disputed.amount as disputed_amount,
        caused.amount as corrected_amount,

        keyed.period_start as period,
        disputed.period as statement_period,
        keyed.raised_at,
        keyed.raised_date,
        keyed.resolved_at,
        keyed.resolved_date
    from keyed
    left join disputed
        on keyed.dispute_key = disputed.dispute_key
    left join caused
        on keyed.dispute_key = caused.dispute_key
    left join periods
        on disputed.period = periods.period

)

select * from final
