-- Grain: one row: the last day that counts.
-- Why: it changes every day, and what company.yml says does not: what reads that alone stands.
with source as (

    select * from {{ source('rules', 'as_of') }}

),

final as (

    select as_of_date
    from source

)

select * from final
