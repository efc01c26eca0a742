-- Grain: one row per late reversal and tier of what it takes back (credit_key, payee_key, component_key, tier_number).
-- Why: at the rate that was paid: of each line that the booking still has, the part that the
-- reversals have come to. All of them together never take back more than the window paid, and
-- all of it when nothing is left of what was counted.
with counted as (

    select * from {{ ref('int_comp_counted_credits') }}
    where is_late

),

capped_lines as (

    select * from {{ ref('int_comp_capped_lines') }}

),

windows as (

    select
        window_key,
        cast(sum(base_in_tier) as decimal(38, 9)) as window_base,
        cast(greatest(sum(amount), 0) as decimal(18, 2)) as window_amount
    from capped_lines
    group by window_key

),

paid as (

    select
        root_key,
        tier_number,
        max(rate) as rate,
        cast(sum(base_in_tier) as decimal(38, 9)) as base_in_tier,
        cast(sum(amount) as decimal(18, 2)) as amount,
        cast(sum(sum(base_in_tier)) over (partition by root_key) as decimal(38, 9))
            as base_amount
    from capped_lines
    group by
        root_key,
        tier_number

),

summed as (

    select
        counted.*,
        sum(-1 * counted.base_amount) over (
            partition by counted.root_key
            order by counted.credit_date, counted.event_key
            rows between unbounded preceding and current row
        ) as reversed_so_far
    from counted

),

limited as (

    select
        summed.credit_key,
        summed.payee_key,
        summed.component_key,
        summed.root_key,
        summed.window_key,
        summed.event_key,
        summed.credited_payee_key,
        summed.credit_date,
        paid.tier_number,
        paid.rate,
        paid.base_in_tier,
        paid.amount,
        paid.base_amount,
        least(summed.reversed_so_far, paid.base_amount) as part_after,
        least(summed.reversed_so_far + summed.base_amount, paid.base_amount)
            as part_before
    from summed
    inner join paid
        on summed.root_key = paid.root_key
    where paid.base_amount > 0

),

shared as (

    select
        *,
        {{ exact_share('base_in_tier', 'part_after', 'base_amount') }} as base_after,
        {{ exact_share('base_in_tier', 'part_before', 'base_amount') }} as base_before,
        {{ exact_share('amount', 'part_after', 'base_amount') }} as amount_after,
        {{ exact_share('amount', 'part_before', 'base_amount') }} as amount_before
    from limited

),

added as (

    select
        *,
        base_after - base_before as base_taken,
        amount_after - amount_before as amount_taken,
        sum(base_after - base_before) over so_far as base_so_far,
        sum(round(amount_after, 2) - round(amount_before, 2)) over so_far as amount_so_far
    from shared
    window so_far as (
        partition by window_key
        order by credit_date, event_key, credited_payee_key, tier_number
        rows between unbounded preceding and current row
    )

),

allowed as (

    select
        added.*,
        case
            when added.base_so_far >= windows.window_base then windows.window_amount
            else least(added.amount_so_far, windows.window_amount)
        end as allowed_so_far
    from added
    inner join windows
        on added.window_key = windows.window_key

),

final as (

    select
        credit_key,
        payee_key,
        component_key,
        root_key,

        tier_number,
        cast(-1 * base_taken as decimal(38, 9)) as base_in_tier,
        rate,
        cast(-1 * amount_taken as decimal(38, 15)) as exact_amount,
        cast(
            coalesce(
                lag(allowed_so_far) over (
                    partition by window_key
                    order by credit_date, event_key, credited_payee_key, tier_number
                ), 0
            ) - allowed_so_far as decimal(18, 2)
        ) as amount
    from allowed

)

select * from final
