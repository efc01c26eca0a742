-- Fails on every assignment of a payee that begins while another one holds.
with assignments as (

    select * from {{ ref('comp_assignment') }}

),

followed as (

    select
        *,
        max(coalesce(valid_to, date '9999-12-31')) over (
            partition by payee_key
            order by valid_from, assignment_key
            rows between unbounded preceding and 1 preceding
        ) as taken_until
    from assignments

),

final as (

    select
        assignment_key,
        payee_key,
        plan,
        valid_from,
        taken_until
    from followed
    where valid_from < taken_until

)

select * from final
