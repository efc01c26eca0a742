-- Grain: one row per month, segment, reason and competitor (close_month, segment, reason, competitor).
-- Why: a won opportunity has no reason of a loss and reads `won`; what nobody recorded
-- reads `not_recorded`. The discount is that of the lines with a list amount.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

bookings as (

    select * from {{ ref('fct_booking') }}

),

reasons as (

    select * from {{ ref('dim_reason') }}

),

listed_lines as (

    select
        opportunity_key,
        sum(amount) as listed_booked_amount,
        sum(list_amount) as list_amount
    from bookings
    where amount is not null and list_amount is not null
    group by opportunity_key

),

decided as (

    select
        opportunities.amount,
        opportunities.is_won,
        opportunities.is_lost,
        listed_lines.listed_booked_amount,
        listed_lines.list_amount,
        opportunities.segment,
        {{ first_of_month('opportunities.close_date') }} as close_month,
        case
            when opportunities.is_won then 'won'
            else coalesce(reasons.reason, 'not_recorded')
        end as reason,
        case
            when opportunities.is_won then 'Won'
            else coalesce(reasons.reason_name, 'Not recorded')
        end as reason_name,
        case
            when opportunities.is_won then 'won'
            else coalesce(reasons.reason_group, 'not_recorded')
        end as reason_group,
        coalesce(nullif(trim(opportunities.competitor), ''), 'not_recorded') as competitor
    from opportunities
    left join listed_lines
        on opportunities.opportunity_key = listed_lines.opportunity_key
    left join reasons
        on opportunities.loss_reason_key = reasons.reason_key
    where
        opportunities.is_reportable
        and (opportunities.is_won or opportunities.is_lost)
        and opportunities.close_date <= {{ as_of_date() }}

),

final as (

    select
        segment,
        reason,
        min(reason_name) as reason_name,
        min(reason_group) as reason_group,
        competitor,

        cast(count(*) filter (where is_won) as bigint) as won_count,
        cast(count(*) filter (where is_lost) as bigint) as lost_count,
        case
            when count(*) filter (where is_won) = 0 then cast(0 as decimal(18, 2))
            else cast(sum(amount) filter (where is_won) as decimal(18, 2))
        end as won_amount,
        case
            when count(*) filter (where is_lost) = 0 then cast(0 as decimal(18, 2))
            else cast(sum(amount) filter (where is_lost) as decimal(18, 2))
        end as lost_amount,
        cast(sum(listed_booked_amount) as decimal(18, 2)) as listed_booked_amount,
        cast(sum(list_amount) as decimal(18, 2)) as list_amount,
        cast(
            1 - {{ safe_ratio('sum(listed_booked_amount)', 'sum(list_amount)') }}
            as decimal(18, 6)
        ) as discount_rate,

        close_month
    from decided
    group by
        close_month,
        segment,
        reason,
        competitor

)

select * from final
