-- Grain: one row per payee and currency of pay: who pays (payee_key, currency_code).
-- Why: whom an entity names it pays in any currency; everybody else is paid by the first
-- entity of the currency.
with payees as (

    select * from {{ ref('comp_payee') }}

),

entities as (

    select * from {{ ref('stg_company__legal_entities') }}

),

named as (

    select
        {{ employee_key('employee_id') }} as employee_key,
        legal_entity
    from {{ ref('stg_company__legal_entity_employees') }}

),

final as (

    select
        payees.payee_key,
        coalesce(named.legal_entity, entities.legal_entity) as legal_entity,
        payees.business_function,
        entities.currency_code
    from payees
    cross join entities
    left join named
        on payees.employee_key = named.employee_key
    where entities.pays_its_currency

)

select * from final
