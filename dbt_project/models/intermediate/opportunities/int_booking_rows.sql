-- Grain: one row per line of a won opportunity, and one for the rest (booking_key).
-- Why: what the lines leave over of the amount, or exceed it by, is the rest. It stands on the
-- product `unallocated`; a rest that rounds to nothing is no row.
with opportunities as (

    select * from {{ ref('int_opportunities_valued') }}
    where is_won

),

lines as (

    select * from {{ ref('int_opportunity_lines_valued') }}

),

line_sums as (

    select
        lines.opportunity_key,
        sum(lines.exact_amount) as exact_amount,
        sum(lines.amount_local) as amount_local,
        min(lines.currency_code) as first_currency_code,
        max(lines.currency_code) as last_currency_code
    from lines
    inner join opportunities
        on lines.opportunity_key = opportunities.opportunity_key
    group by lines.opportunity_key

),

rests as (

    select
        opportunities.opportunity_key,
        opportunities.currency_code,
        case
            when
                line_sums.first_currency_code = opportunities.currency_code
                and line_sums.last_currency_code = opportunities.currency_code
                then opportunities.amount_local - line_sums.amount_local
        end as amount_local,
        opportunities.exact_amount - coalesce(line_sums.exact_amount, 0) as exact_amount
    from opportunities
    inner join line_sums
        on opportunities.opportunity_key = line_sums.opportunity_key

),

unioned as (

    select
        lines.opportunity_key,
        lines.opportunity_line_key,
        lines.product_key,
        lines.booking_type,
        lines.currency_code,
        lines.amount_local,
        lines.exact_amount,
        lines.recurring_amount,
        lines.list_amount,
        lines.cost_amount,
        lines.quantity,
        lines.term_months
    from lines
    inner join opportunities
        on lines.opportunity_key = opportunities.opportunity_key
    union all
    select
        opportunity_key,
        cast(null as varchar) as opportunity_line_key,
        {{ unallocated_key('product') }} as product_key,
        cast(null as varchar) as booking_type,
        currency_code,
        cast(amount_local as decimal(18, 2)) as amount_local,
        exact_amount,
        cast(null as decimal(18, 2)) as recurring_amount,
        cast(null as decimal(18, 2)) as list_amount,
        cast(null as decimal(18, 2)) as cost_amount,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as bigint) as term_months
    from rests
    where round(exact_amount, 2) <> 0

),

final as (

    select
        *,
        {{ surrogate_key([
            'opportunity_key', "coalesce(opportunity_line_key, '<unallocated>')"
        ]) }} as booking_key
    from unioned

)

select * from final
