-- Grain: one row: other accounts and estimates; none without payroll.yml.
with source as (

    select * from {{ source('rules', 'payroll_setting') }}

),

final as (

    select
        clearing_account,
        expected_payout,
        asset_account,
        amortisation_account,
        impairment_account,
        expedient_months
    from source

)

select * from final
