-- Grain: one row per reportable won opportunity and employee credited with a part of it (opportunity_key, employee_key).
-- Why: the revenue shares agreed last by the close date; what they leave, and a deal
-- without shares, is the owner's. Parts sum to the amount to the cent: cents that are
-- left go to the largest remainders.
with opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_won and is_reportable

),

splits as (

    select * from {{ ref('conformed_opportunity_splits') }}
    where split_type = 'revenue'

),

agreed as (

    select
        splits.opportunity_key,
        splits.employee_key,
        splits.share as credit_share
    from splits
    inner join opportunities
        on splits.opportunity_key = opportunities.opportunity_key
    where splits.valid_from <= opportunities.close_date
    qualify rank() over (
        partition by splits.opportunity_key
        order by splits.valid_from desc
    ) = 1

),

agreed_sums as (

    select
        opportunity_key,
        sum(credit_share) as credit_share
    from agreed
    group by opportunity_key

),

unioned as (

    select
        opportunity_key,
        employee_key,
        credit_share
    from agreed
    union all
    select
        opportunities.opportunity_key,
        opportunities.owner_employee_key as employee_key,
        1 - coalesce(agreed_sums.credit_share, 0) as credit_share
    from opportunities
    left join agreed_sums
        on opportunities.opportunity_key = agreed_sums.opportunity_key
    where coalesce(agreed_sums.credit_share, 0) < 1

),

shares as (

    select
        opportunity_key,
        employee_key,
        sum(credit_share) as credit_share
    from unioned
    where employee_key is not null
    group by
        opportunity_key,
        employee_key

),

cut as (

    select
        shares.*,
        opportunities.amount,
        opportunities.close_date,
        cast(opportunities.amount * 100 as decimal(38, 0)) as cents,
        cast(opportunities.amount * 100 as decimal(26, 0))
        * cast(shares.credit_share as decimal(12, 6)) as exact_cents,
        sum(shares.credit_share) over (partition by shares.opportunity_key) as share_sum
    from shares
    inner join opportunities
        on shares.opportunity_key = opportunities.opportunity_key

),

ranked as (

    select
        *,
        floor(exact_cents) as whole_cents,
        case when share_sum = 1 then cents - sum(floor(exact_cents)) over own else 0 end
            as left_cents,
        row_number() over (
            partition by opportunity_key
            order by exact_cents - floor(exact_cents) desc, employee_key
        ) as remainder_rank
    from cut
    window own as (partition by opportunity_key)

),

final as (

    select
        opportunity_key,
        employee_key,

        cast(credit_share as decimal(12, 6)) as credit_share,
        cast(
            (whole_cents + case when remainder_rank <= left_cents then 1 else 0 end) / 100
            as decimal(18, 2)
        ) as credited_amount,

        close_date
    from ranked

)

select * from final
