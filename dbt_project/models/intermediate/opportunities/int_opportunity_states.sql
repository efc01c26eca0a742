-- Grain: one row per opportunity and period of one state (opportunity_state_key).
-- Why: ranges without gap or overlap; neighbours with the same state are one.
with changes as (

    select * from {{ ref('int_opportunity_state_changes') }}

),

chosen as (

    select
        *,
        {{ surrogate_key([
            'owner_employee_key', 'sales_stage', 'forecast_category', 'currency_code',
            'amount_local', 'is_inferred', 'close_date',
        ]) }} as state_hash
    from changes
    qualify row_number() over (
        partition by opportunity_key, valid_from
        order by precedence
    ) = 1

),

merged as (

    select * from chosen
    qualify
        lag(state_hash) over (
            partition by opportunity_key
            order by valid_from
        ) is distinct from state_hash

),

ranged as (

    select
        *,
        lead(valid_from) over (
            partition by opportunity_key
            order by valid_from
        ) as valid_to
    from merged

),

final as (

    select
        {{ surrogate_key(['opportunity_key', 'valid_from']) }} as opportunity_state_key,
        opportunity_key,
        owner_employee_key,

        sales_stage,
        forecast_category,
        currency_code,

        amount_local,

        is_inferred,
        valid_to is null as is_current,

        close_date,
        {{ company_date('valid_from') }} as valid_from_date,
        {{ company_date('valid_to') }} as valid_to_date,

        valid_from,
        valid_to
    from ranged

)

select * from final
