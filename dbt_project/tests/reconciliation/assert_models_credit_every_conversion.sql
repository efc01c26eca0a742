-- Fails on every model and type of conversion whose credited amount is not that of all conversions:
-- of the won opportunities of core, of the deals created, and of the refunds.
with credits as (

    select * from {{ ref('fct_attribution_credit') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_reportable

),

refunds as (

    select * from {{ ref('fct_refund') }}
    where is_reportable

),

models as (

    select * from {{ ref('stg_company__attribution_models') }}

),

expected as (

    select
        'won' as conversion_type,
        count(*) as conversion_count,
        coalesce(sum(amount), 0) as amount
    from opportunities
    where is_won
    union all
    select
        'opportunity' as conversion_type,
        count(*) as conversion_count,
        coalesce(sum(amount), 0) as amount
    from opportunities
    where created_date is not null
    union all
    select
        'refund' as conversion_type,
        count(*) as conversion_count,
        -coalesce(sum(amount), 0) as amount
    from refunds

),

credited as (

    select
        conversion_type,
        model,
        count(distinct conversion_key) as conversion_count,
        coalesce(sum(credited_amount), 0) as amount
    from credits
    group by
        conversion_type,
        model

)

select
    models.conversion_type,
    models.model,
    expected.conversion_count as expected_count,
    credited.conversion_count,
    expected.amount as expected_amount,
    credited.amount
from models
inner join expected
    on models.conversion_type = expected.conversion_type
left join credited
    on models.conversion_type = credited.conversion_type and models.model = credited.model
where
    coalesce(credited.conversion_count, 0) <> expected.conversion_count
    or coalesce(credited.amount, 0) <> expected.amount
