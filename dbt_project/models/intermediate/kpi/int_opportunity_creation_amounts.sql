-- Grain: one row per opportunity (opportunity_key).
-- Why: pipeline created is the amount at creation, the first one known; what happens to
-- it later is movement of the pipeline. States are valued at the rate of the created
-- date while open.
with states as (

    select * from {{ ref('fct_opportunity_history') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

first_known as (

    select
        opportunity_key,
        amount
    from states
    where is_open and amount is not null
    qualify row_number() over (
        partition by opportunity_key
        order by valid_from
    ) = 1

),

final as (

    select
        opportunities.opportunity_key,

        coalesce(first_known.amount, opportunities.amount) as creation_amount
    from opportunities
    left join first_known
        on opportunities.opportunity_key = first_known.opportunity_key

)

select * from final
