-- Fails on every capitalised cost that its schedule does not write down to nothing: additions are
-- what the deal cost, and amortisation and impairment are all of it.
with costs as (

    select * from {{ ref('comp_contract_cost') }}
    where treatment = 'capitalised'

),

scheduled as (

    select
        contract_cost_key,
        sum(addition_amount) as addition_amount,
        sum(amortisation_amount + impairment_amount) as written_down_amount
    from {{ ref('comp_contract_cost_schedule') }}
    group by contract_cost_key

),

final as (

    select
        costs.contract_cost_key,
        costs.capitalised_amount,
        scheduled.addition_amount,
        scheduled.written_down_amount
    from costs
    left join scheduled
        on costs.contract_cost_key = scheduled.contract_cost_key
    where
        costs.capitalised_amount <> coalesce(scheduled.addition_amount, 0)
        or costs.capitalised_amount <> coalesce(scheduled.written_down_amount, 0)

)

select * from final
