-- Grain: one row per running credit and tier that it reaches into (credit_key, payee_key, component_key, tier_number).
-- Why: with one rate, or each part at its band's, a credit is cut at the bounds; in all other
-- methods it is worth what its window is worth with it, less what it was before. The first
-- band is open below, so what is taken back walks the same way down. Without a quota there is
-- one band, and it pays nothing.
with running as (

    select * from {{ ref('int_comp_running_credits') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

bands as (

    select
        components.component_key,
        plan_bands.*
    from {{ ref('stg_company__plan_bands') }} as plan_bands
    inner join components
        on
            plan_bands.plan = components.plan
            and plan_bands.plan_version = components.plan_version
            and plan_bands.component = components.component

),

placed as (

    select
        running.credit_key,
        running.payee_key,
        running.component_key,
        running.method,
        running.base_amount,
        running.base_before,
        running.base_after,
        running.place_in_window,
        running.is_payable,
        bands.band_number,
        bands.rate,
        bands.start_value,
        bands.end_value,
        case
            when running.measured_in = 'amount'
                then cast(bands.at_least as decimal(38, 9))
            else cast(
                round(bands.at_least * running.quota_amount, 9) as decimal(38, 9)
            )
        end as lower_bound,
        case
            when running.measured_in = 'amount' then cast(bands.below as decimal(38, 9))
            when running.is_payable
                then cast(round(bands.below * running.quota_amount, 9) as decimal(38, 9))
        end as upper_bound
    from running
    inner join bands
        on running.component_key = bands.component_key
    where running.is_payable or bands.band_number = 1

),

cut as (

    select
        *,
        cast(
            least(greatest(base_after, coalesce(lower_bound, base_after)),
                coalesce(upper_bound, greatest(
                    base_after, coalesce(lower_bound, base_after)
                )))
            - least(greatest(base_before, coalesce(lower_bound, base_before)),
                coalesce(upper_bound, greatest(
                    base_before, coalesce(lower_bound, base_before)
                ))) as decimal(38, 9)
        ) as base_in_tier
    from placed
    where method in ('flat', 'marginal')

),

by_parts as (

    select
        credit_key,
        payee_key,
        component_key,
        band_number as tier_number,
        base_in_tier,
        case when is_payable then rate else cast(0 as decimal(18, 6)) end as rate,
        cast(
            base_in_tier * case when is_payable then rate else 0 end as decimal(38, 15)
        ) as exact_amount
    from cut
    where base_in_tier <> 0

),

moments as (
    {% for moment in ['before', 'after'] %}
    {{ "union all" if not loop.first }}
    select
        credit_key,
        payee_key,
        component_key,
        '{{ moment }}' as moment,
        band_number,
        base_amount,
        rate,
        case
            when not is_payable then 0
            {%- if moment == 'before' %}
            when place_in_window = 1 then 0
            {%- endif %}
            when method = 'retroactive' then base_{{ moment }} * rate
            when start_value = end_value then start_value
            else start_value + {{ exact_share(
                'end_value - start_value',
                'base_' ~ moment ~ ' - lower_bound',
                'upper_bound - lower_bound'
            ) }}
        end as worth
    from placed
    where
        method not in ('flat', 'marginal')
        and base_{{ moment }} >= coalesce(lower_bound, base_{{ moment }})
        and (upper_bound is null or base_{{ moment }} < upper_bound)
    {%- endfor %}

),

by_worth as (

    select
        credit_key,
        payee_key,
        component_key,
        cast(max(band_number) filter (where moment = 'after') as integer) as tier_number,
        cast(max(base_amount) as decimal(38, 9)) as base_in_tier,
        max(rate) filter (where moment = 'after') as rate,
        cast(
            max(worth) filter (where moment = 'after')
            - max(worth) filter (where moment = 'before') as decimal(38, 15)
        ) as exact_amount
    from moments
    group by
        credit_key,
        payee_key,
        component_key

),

final as (

    select * from by_parts
    union all
    select * from by_worth

)

select * from final
