-- Grain: one row per running credit and tier (credit_key, payee_key, component_key, tier_number).
-- Why: rounded once, half away from zero. A deal that is priced by itself by the line, and what
-- takes it back as it adds up, so that all of it takes back all; what is added up over a period
-- as it adds up, so that the lines make the period's pay to the cent. Then the cap: of what its
-- window has come to no more than the cap is paid, and the rest is withheld.
with tiers as (

    select * from {{ ref('int_comp_tier_amounts') }}

),

running as (

    select * from {{ ref('int_comp_running_credits') }}

),

ordered as (

    select
        tiers.*,
        running.event_key,
        running.root_key,
        running.window_key,
        running.credited_payee_key,
        running.cap_key,
        running.cap_amount,
        running.is_reversal,
        running.credit_date,
        running.component_scope = 'transaction' and not running.is_reversal
            as is_rounded_by_itself,
        sum(
            case
                when running.component_scope = 'transaction' and not running.is_reversal then 0
                else tiers.exact_amount
            end
        ) over (
            partition by
                running.window_key,
                case
                    when running.method in ('flat', 'marginal') then tiers.tier_number
                    else 0
                end
            order by
                running.credit_date,
                running.is_reversal,
                running.event_key,
                running.credited_payee_key
            rows between unbounded preceding and current row
        ) as exact_so_far
    from tiers
    inner join running
        on
            tiers.credit_key = running.credit_key
            and tiers.payee_key = running.payee_key
            and tiers.component_key = running.component_key

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
            partition by coalesce(cap_key, window_key)
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
        exact_amount,
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
