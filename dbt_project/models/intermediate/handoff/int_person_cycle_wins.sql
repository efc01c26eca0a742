-- Grain: one row per person and cycle with a won opportunity (person_key, cycle_number).
-- Why: what a lead brought is the sum of all that its person bought in the cycle.
with opportunity_cycles as (

    select * from {{ ref('int_opportunity_cycles') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}
    where is_won

),

final as (

    select
        opportunity_cycles.person_key,
        opportunity_cycles.cycle_number,

        count(*) as won_opportunity_count,
        cast(sum(opportunities.amount) as decimal(18, 2)) as won_amount,

        min(opportunities.close_date) as first_won_date
    from opportunity_cycles
    inner join opportunities
        on opportunity_cycles.opportunity_key = opportunities.opportunity_key
    where opportunities.close_date <= {{ as_of_date() }}
    group by
        opportunity_cycles.person_key,
        opportunity_cycles.cycle_number

)

select * from final
