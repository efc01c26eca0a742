-- Fails on every conversion and model whose credits do not sum to its amount and to one.
with credits as (

    select * from {{ ref('fct_attribution_credit') }}

),

summed as (

    select
        conversion_key,
        model,
        conversion_amount,
        sum(credited_amount) as credited_amount,
        sum(credited_conversions) as credited_conversions
    from credits
    group by
        conversion_key,
        model,
        conversion_amount

)

select * from summed
where
    credited_conversions <> 1
    or coalesce(credited_amount <> conversion_amount, false)
    or (credited_amount is null) <> (conversion_amount is null)
