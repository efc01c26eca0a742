-- Grain: one row: what company.yml says about the whole company.
with source as (

    select * from {{ source('rules', 'settings') }}

),

final as (

    select
        company_name,
        reporting_currency,
        time_zone,
        fiscal_year_start_month,
        first_pay_period,
        smallest_pay_group
    from source

)

select * from final
