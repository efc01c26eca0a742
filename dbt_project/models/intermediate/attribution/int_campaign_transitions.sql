-- Grain: one row per period, conversion type and transition (period_grain, period_start, conversion_type, third_last, second_last, last_number, next_number).
-- Why: as int_channel_transitions, between campaigns. A refund's journeys without a conversion are
-- those of won deals.
with campaign_steps as (

    select * from {{ ref('int_campaign_steps') }}

),

transitions as (

    select
        period_grain,
        period_start,
        conversion_type,
        third_before as third_last,
        second_before as second_last,
        number_before as last_number,
        state_number as next_number,
        is_converted,
        cast(0 as decimal(18, 2)) as ending_amount
    from campaign_steps
    union all
    select
        period_grain,
        period_start,
        conversion_type,
        second_before as third_last,
        number_before as second_last,
        state_number as last_number,
        0 as next_number,
        is_converted,
        abs(coalesce(conversion_amount, 0)) as ending_amount
    from campaign_steps
    where is_last

),

with_refunds as (

    select * from transitions
    union all
    select
        period_grain,
        period_start,
        'refund' as conversion_type,
        third_last,
        second_last,
        last_number,
        next_number,
        is_converted,
        ending_amount
    from transitions
    where conversion_type = 'won' and not is_converted

),

final as (

    select
        period_grain,
        conversion_type,
        third_last,
        second_last,
        last_number,
        next_number,
        cast(sum(case when is_converted then 1 else 0 end) as bigint) as converted_count,
        cast(sum(ending_amount) as decimal(18, 2)) as converted_amount,
        cast(sum(case when is_converted then 0 else 1 end) as bigint) as unconverted_count,
        period_start
    from with_refunds
    group by
        period_grain,
        conversion_type,
        third_last,
        second_last,
        last_number,
        next_number,
        period_start

)

select * from final
