-- Grain: one row per posting, made or still to be made, with what finance books it by (posting_key).
-- Why: what is posted in its own month was earned on the day of its event; what is posted
-- late is borne by the month that posts it, as locked months are closed.
with ledger as (

    select * from {{ ref('comp_ledger') }}

),

pending as (

    select * from {{ ref('comp_pending_posting') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

entities as (

    select * from {{ ref('int_comp_paying_entities') }}

),

periods as (

    select * from {{ ref('comp_period') }}

),

unioned as (
    {% for source, is_posted in [('ledger', 'true'), ('pending', 'false')] %}
    {{ "union all" if not loop.first }}
    select
        posting_key,
        payee_key,
        component_key,
        override_key,
        root_event_key,
        entry_type,
        currency_code,
        amount,
        is_reversal,
        {{ is_posted }} as is_posted,
        posting_period,
        origin_period,
        event_date
    from {{ source }}
    {%- endfor %}

),

final as (

    select
        unioned.posting_key,

        unioned.payee_key,
        unioned.component_key,
        unioned.root_event_key,

        entities.legal_entity,
        entities.business_function,
        unioned.entry_type,
        coalesce(
            components.component,
            case
                when unioned.override_key is not null or unioned.entry_type = 'payment'
                    then 'override'
                else unioned.entry_type
            end
        ) as component,
        coalesce(components.component_kind, 'override') as component_kind,
        unioned.currency_code,

        unioned.amount,

        unioned.is_reversal,
        unioned.is_posted,

        unioned.posting_period as period,
        case
            when unioned.entry_type = 'payment' or unioned.origin_period < unioned.posting_period
                then unioned.posting_period
            else
                least({{ first_of_month('unioned.event_date') }}, unioned.posting_period)
        end as accrued_period,
        unioned.event_date
    from unioned
    inner join periods
        on unioned.posting_period = periods.period
    left join components
        on unioned.component_key = components.component_key
    left join entities
        on
            unioned.payee_key = entities.payee_key
            and unioned.currency_code = entities.currency_code

)

select * from final
