-- Grain: one row per opportunity (opportunity_key).
-- Why: without an amount of its own an opportunity is worth the sum of its lines; unknown
-- stays NULL. Lines in one currency give a local amount, lines in several only a converted one.
with opportunities as (

    select * from {{ ref('conformed_opportunities') }}

),

opportunities_dated as (

    select * from {{ ref('int_opportunities_dated') }}

),

lines as (

    select * from {{ ref('int_opportunity_lines_valued') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

line_sums as (

    select
        opportunity_key,
        case
            when min(currency_code) = max(currency_code) then min(currency_code)
            else {{ company_setting('reporting_currency') }}
        end as currency_code,
        case
            when min(currency_code) = max(currency_code)
                then cast(sum(amount_local) as decimal(18, 2))
            when not bool_or(is_rate_missing) then cast(sum(amount) as decimal(18, 2))
        end as amount_local
    from lines
    group by opportunity_key

),

chosen as (

    select
        opportunities.opportunity_key,
        opportunities.probability,
        opportunities.quantity,
        opportunities.is_won,
        opportunities_dated.rate_date,
        opportunities.amount_local is null and line_sums.opportunity_key is not null
            as is_amount_from_lines,
        case
            when opportunities.amount_local is null and line_sums.opportunity_key is not null
                then line_sums.currency_code
            else opportunities.currency_code
        end as currency_code,
        coalesce(opportunities.amount_local, line_sums.amount_local) as amount_local,
        line_sums.opportunity_key is not null
        and opportunities.amount_local is null
        and line_sums.amount_local is null as is_line_rate_missing
    from opportunities
    inner join opportunities_dated
        on opportunities.opportunity_key = opportunities_dated.opportunity_key
    left join line_sums
        on opportunities.opportunity_key = line_sums.opportunity_key

),

rated as (

    select
        chosen.*,
        {{ exchange_rate('rates.rate', 'chosen.currency_code') }} as fx_rate
    from chosen
    left join rates
        on
            chosen.currency_code = rates.currency_code
            and chosen.rate_date = rates.rate_date

),

final as (

    select
        opportunity_key,

        currency_code,

        fx_rate,
        probability,
        quantity,
        amount_local,
        {{ converted_exactly('amount_local', 'fx_rate') }} as exact_amount,
        {{ converted('amount_local', 'fx_rate') }} as amount,

        is_won,
        is_amount_from_lines,
        is_line_rate_missing or (amount_local is not null and fx_rate is null)
            as is_rate_missing,

        rate_date
    from rated

)

select * from final
