-- Fails for a state that does not begin where the one before it ends, and for a last state that is
-- closed off.
with states as (

    select
        opportunity_key,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by opportunity_key
            order by valid_from
        ) as next_valid_from
    from {{ ref('fct_opportunity_history') }}

)

select * from states
where valid_to is distinct from next_valid_from
