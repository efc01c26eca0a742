-- Grain: one row per running credit and tier (credit_key, payee_key, component_key, tier_number).
-- Why: multiplied by what conditions leave of it and rounded once, half away from zero. A deal that is priced by itself by the line, and what
-- takes it back as it adds up, so that all of it takes back all; what is added up over a period
-- as it adds up, so that the lines make the period's pay to the cent. Then the cap: of what its
-- window has come to no more than the cap is paid, and the rest is withheld.
with tiers as (

    select * from {{ ref('int_comp_tier_amounts') }}

),

running as (

    select * from {{ ref('int_comp_running_credits') }}

),

multiplied as (

    select
        tiers.credit_key,
        tiers.payee_key,
        tiers.component_key,
        tiers.tier_number,
        tiers.base_in_tier,
        tiers.rate,
        running.pay_factor,
        tiers.exact_amount * running.pay_factor as exact_amount,
        running.event_key,
        running.root_key,
        running.window_key,
        running.credited_payee_key,
        running.cap_key,
        running.cap_amount,
        running.method,
        running.is_reversal,
        running.credit_date,
        running.component_scope = 'transaction' and not running.is_reversal
            as is_rounded_by_itself
    from tiers
    inner join running
        on
            tiers.credit_key = running.credit_key
            and tiers.payee_key = running.payee_key
            and tiers.component_key = running.component_key

),

ordered as (

    select
        *,
        sum(case when is_rounded_by_itself then 0 else exact_amount end) over (
            partition by
                window_key,
                case when method in ('flat', 'marginal') then tier_number else 0 end
            order by
                credit_date,
                is_reversal,
                event_key,
                credited_payee_key
            rows between unbounded preceding and current row
        ) as exact_so_far
    from multiplied

),

rounded as (

    select
        *,
        case
            when is_rounded_by_itself then cast(round(exact_amount, 2) as decimal(18, 2))
            else cast(round(exact_so_far, 2) as decimal(18, 2))
                - cast(round(exact_so_far - exact_amount, 2) as decimal(18, 2))
        end as rounded_amount
    from ordered

),

capped as (

    select
        *,
        sum(rounded_amount) over (
            partition by cap_key, case when cap_key is null then window_key end
            order by
                credit_date, is_reversal, event_key, credited_payee_key, tier_number
            rows between unbounded preceding and current row
        ) as amount_so_far
    from rounded

),

final as (

    select
        credit_key,
        payee_key,
        component_key,
        root_key,
        window_key,

        tier_number,
        base_in_tier,
        rate,
        pay_factor,
        cast(exact_amount as decimal(38, 15)) as exact_amount,
        rounded_amount,
        cast(
            case
                when cap_key is null then rounded_amount
                else least(amount_so_far, cap_amount)
                    - least(amount_so_far - rounded_amount, cap_amount)
            end as decimal(18, 2)
        ) as amount
    from capped

)

select * from final
