-- Grain: one row per employee and period without gaps (employee_key, team_from).
-- Why: the first version also covers the days before it and each version the gap after it, so
-- that exactly one holds on any day and a join by date neither loses nor doubles a row.
with employees as (

    select * from {{ ref('conformed_employees') }}

),

final as (

    select
        employee_key,

        coalesce(team, 'unknown') as team,
        coalesce(region, 'unknown') as region,
        business_function,
        time_zone,

        case
            when row_number() over (partition by employee_key order by valid_from) = 1
                then date '0001-01-01'
            else valid_from
        end as team_from,
        lead(valid_from) over (partition by employee_key order by valid_from) as team_to
    from employees

)

select * from final
