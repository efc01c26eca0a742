-- Grain: one row per KPI and version of its contract (kpi, contract_version).
with definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

states as (

    select * from {{ ref('int_kpi_states') }}

),

final as (

    select
        definitions.kpi,

        definitions.kpi_label,
        definitions.description,
        definitions.formula,
        definitions.example,
        definitions.unit,
        definitions.aggregation,
        definitions.date_role,
        definitions.owner,
        definitions.kpi_group,
        definitions.maturity_rule,
        definitions.numerator_component,
        definitions.denominator_component,
        definitions.factors,
        definitions.divisors,
        definitions.dimensions,
        settings.reporting_currency,

        definitions.contract_version,
        definitions.headline_order,
        definitions.at_most,

        definitions.is_additive,
        states.component is not null as is_state
    from definitions
    cross join settings
    left join states
        on definitions.numerator_component = states.component

)

select * from final
