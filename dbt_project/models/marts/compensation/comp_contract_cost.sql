-- Grain: one row per deal, legal entity, kind of pay and currency: what it cost to obtain the contract (contract_cost_key).
-- Why: ASC 340-40 and IFRS 15: an asset over the period of benefit, or an expense at once where
-- that is short.
with costs as (

    select * from {{ ref('int_comp_contract_costs') }}

),

schedule as (

    select * from {{ ref('comp_contract_cost_schedule') }}
    where not is_planned

),

settings as (

    select * from {{ ref('stg_company__payroll_settings') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

summed as (

    select
        contract_cost_key,
        root_event_key,
        opportunity_key,
        legal_entity,
        component_kind,
        opportunity_type,
        currency_code,
        benefit_months,
        is_capitalised,
        start_period,
        sum(cost_amount) as cost_amount
    from costs
    group by
        contract_cost_key,
        root_event_key,
        opportunity_key,
        legal_entity,
        component_kind,
        opportunity_type,
        currency_code,
        benefit_months,
        is_capitalised,
        start_period

),

amortised as (

    select
        contract_cost_key,
        sum(amortisation_amount) as amortised_amount,
        sum(impairment_amount) as impaired_amount
    from schedule
    group by contract_cost_key

),

final as (

    select
        summed.contract_cost_key,

        summed.root_event_key,
        summed.opportunity_key,

        summed.legal_entity,
        summed.component_kind,
        summed.opportunity_type,
        case when summed.is_capitalised then 'capitalised' else 'expensed' end as treatment,
        case when summed.is_capitalised then settings.asset_account end as asset_account,
        summed.currency_code,

        cast(summed.benefit_months as integer) as benefit_months,
        cast(summed.cost_amount as decimal(18, 2)) as cost_amount,
        {{ converted(
            'summed.cost_amount', exchange_rate('rates.rate', 'summed.currency_code')
        ) }} as cost_amount_reporting,
        cast(
            case when summed.is_capitalised then summed.cost_amount else 0 end
            as decimal(18, 2)
        ) as capitalised_amount,
        cast(coalesce(amortised.amortised_amount, 0) as decimal(18, 2)) as amortised_amount,
        cast(coalesce(amortised.impaired_amount, 0) as decimal(18, 2)) as impaired_amount,
        cast(
            case
                when summed.is_capitalised
                    then
                        summed.cost_amount - amortised.amortised_amount
                        - amortised.impaired_amount
                else 0
            end as decimal(18, 2)
        ) as carrying_amount,

        summed.start_period,
        {{ add_months('summed.start_period', 'summed.benefit_months - 1') }} as last_period
    from summed
    cross join settings
    left join amortised
        on summed.contract_cost_key = amortised.contract_cost_key
    left join rates
        on
            summed.currency_code = rates.currency_code
            and summed.start_period = rates.rate_date

)

select * from final
