-- Fails where the parts of a credit in the bands of a component are not the whole of it, or where a
-- credit that counts has no line. What is taken back late is limited by what was paid.
with counted as (

    select * from {{ ref('int_comp_counted_credits') }}

),

earning_lines as (

    select
        credit_key,
        payee_key,
        component_key,
        sum(base_in_tier) as base_in_tier
    from {{ ref('comp_earning_line') }}
    group by
        credit_key,
        payee_key,
        component_key

),

final as (

    select
        counted.credit_key,
        counted.payee_key,
        counted.component_key,
        counted.base_amount,
        earning_lines.base_in_tier
    from counted
    left join earning_lines
        on
            counted.credit_key = earning_lines.credit_key
            and counted.payee_key = earning_lines.payee_key
            and counted.component_key = earning_lines.component_key
    where
        not counted.is_late
        and counted.base_amount <> coalesce(earning_lines.base_in_tier, 0)

)

select * from final
