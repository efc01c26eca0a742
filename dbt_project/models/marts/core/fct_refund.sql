-- Grain: one row per refund or cancellation (refund_key).
-- Why: it takes back a booking, so it is worth what that booking's rate makes of it: the rate of
-- the booking date, or of the refund's own date when the won opportunity is not known.
with refunds as (

    select * from {{ ref('conformed_refunds') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

linked as (

    select
        refunds.*,
        opportunities.opportunity_key as known_opportunity_key,
        coalesce(opportunities.account_key, {{ unknown_key('account') }}) as account_key,
        opportunities.owner_employee_key,
        opportunities.channel_key,
        opportunities.exclusion_reason,
        case when opportunities.is_won then opportunities.close_date end as booking_date
    from refunds
    left join opportunities
        on refunds.opportunity_key = opportunities.opportunity_key

),

rated as (

    select
        linked.*,
        {{ exchange_rate('rates.rate', 'linked.currency_code') }} as fx_rate
    from linked
    left join rates
        on
            linked.currency_code = rates.currency_code
            and coalesce(linked.booking_date, linked.refund_date) = rates.rate_date

),

final as (

    select
        refund_key,

        known_opportunity_key as opportunity_key,
        account_key,
        owner_employee_key,
        coalesce(channel_key, {{ surrogate_key(["'not_recorded'"]) }}) as channel_key,

        source_system,
        source_instance,
        source_id,
        refund_reason,
        case when booking_date is not null then 'booking_date' else 'refund_date' end
            as rate_date_rule,
        exclusion_reason,
        currency_code,

        {{ converted('amount_local', 'fx_rate') }} as amount,
        amount_local,
        fx_rate,

        fx_rate is null as is_rate_missing,
        exclusion_reason is null as is_reportable,

        booking_date,
        refund_date
    from rated

)

select * from final
