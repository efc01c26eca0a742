-- Grain: one row per currency and day of the calendar with a rate (currency_code, rate_date).
-- Why: the only place that reads a rate's validity; facts join it on equality at any scale.
with fx_rates as (

    select * from {{ ref('stg_company__fx_rates') }}

),

days as (

    select * from {{ ref('int_days') }}

),

final as (

    select
        fx_rates.currency_code,

        fx_rates.rate,

        days.date_day as rate_date
    from fx_rates
    inner join days
        on
            fx_rates.valid_from <= days.date_day
            and (fx_rates.valid_to > days.date_day or fx_rates.valid_to is null)

)

select * from final
