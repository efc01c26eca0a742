-- Grain: one row per hand-off of a lead (handoff_key).
-- Why: a lead is handed off anew when it came back in between, or when nobody decided the
-- last time until it expired; said twice, it is one hand-off.
with events as (

    select * from {{ ref('int_lead_stage_events') }}

),

promise as (

    select max(expires_after_days) as expires_after_days
    from {{ ref('stg_company__handoff_slas') }}

),

looked_back as (

    select
        *,
        max(case when event_type = 'handed_off' then happened_at end) over before as last_handed_off_at,
        max(case when event_type = 'returned' then happened_at end) over before as last_returned_at,
        max(case when event_type = 'taken' then happened_at end) over before as last_taken_at
    from events
    window before as (
        partition by lead_key
        order by
            happened_at,
            case event_type when 'mql' then 1 when 'returned' then 2 when 'handed_off' then 3 else 4 end,
            stage
        rows between unbounded preceding and 1 preceding
    )

),

judged as (

    select
        looked_back.*,
        coalesce(
            looked_back.event_type = 'handed_off'
            and (
                looked_back.last_handed_off_at is null
                or looked_back.last_returned_at >= looked_back.last_handed_off_at
                or (
                    coalesce(
                        looked_back.last_taken_at < looked_back.last_handed_off_at, true
                    )
                    and looked_back.happened_at >= {{ add_seconds(
                        'looked_back.last_handed_off_at', 'promise.expires_after_days * 86400'
                    ) }}
                )
            ),
            false
        ) as is_opened
    from looked_back
    cross join promise

),

numbered as (

    select
        *,
        sum(case when is_opened then 1 else 0 end) over (
            partition by lead_key
            order by
                happened_at,
                case event_type when 'mql' then 1 when 'returned' then 2 when 'handed_off' then 3 else 4 end,
                stage
            rows between unbounded preceding and current row
        ) as opened_count
    from judged

),

-- What was qualified before the hand-off belongs to it, after the last one.
qualified as (

    select
        lead_key,
        opened_count + 1 as handoff_number,
        min(happened_at) as mql_at
    from numbered
    where event_type = 'mql'
    group by
        lead_key,
        opened_count + 1

),

final as (

    select
        {{ surrogate_key(['numbered.lead_key', 'numbered.opened_count']) }} as handoff_key,
        numbered.lead_key,

        cast(numbered.opened_count as integer) as handoff_number,

        numbered.is_bulk_load,

        qualified.mql_at,
        numbered.happened_at as assigned_at,
        lead(numbered.happened_at) over (
            partition by numbered.lead_key order by numbered.opened_count
        ) as next_assigned_at
    from numbered
    left join qualified
        on
            numbered.lead_key = qualified.lead_key
            and numbered.opened_count = qualified.handoff_number
    where numbered.is_opened

)

select * from final
