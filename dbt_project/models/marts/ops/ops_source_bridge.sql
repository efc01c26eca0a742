-- Grain: one row per source object, KPI, month and reason (source_system, source_instance, source_object, kpi, period_start, reason).
-- Why: from a source's own figure by named differences to Concord's. A difference in a month's own
-- records has its reason; what the KPI counts in another month leaves the one and enters the other.
-- A difference that no reason explains is named too. The three columns of values add up over any
-- rows: source plus difference is Concord's.
{%- set reasons = [
    'source_total', 'deleted', 'test', 'internal', 'competitor', 'duplicate',
    'excluded_person', 'same_person', 'reported_by_platform', 'date_shift', 'undated',
    'amount_of_lines', 'foreign_exchange', 'rate_missing', 'unexplained', 'concord_total'
] %}
with leads as (

    select * from {{ ref('int_bridge_leads') }}

),

opportunities as (

    select * from {{ ref('int_bridge_opportunities') }}

),

bookings as (

    select * from {{ ref('int_bridge_bookings') }}

),

spend as (

    select * from {{ ref('int_bridge_spend') }}

),

definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}

),

compared as (
    {% for bridge in ['leads', 'opportunities', 'bookings', 'spend'] %}
    {{ "union all" if not loop.first }}
    select
        source_system,
        source_instance,
        source_object,
        kpi,
        coalesce(reason, 'unexplained') as value_reason,
        coalesce(source_month <> concord_month, false) as is_shifted,
        source_value,
        concord_value,
        source_month,
        concord_month
    from {{ bridge }}
    {%- endfor %}

),

-- Each side of a comparison in its own month: the total, and what differs there.
entries as (
    {%- for month, reason, quantity, condition in [
        ('source_month', "'source_total'", 'source_value', 'source_month is not null'),
        ('source_month', "'unexplained'", '0', 'source_month is not null'),
        ('source_month', 'value_reason', '-1 * source_value', 'concord_month is null'),
        ('source_month', "'date_shift'", '-1 * source_value', 'is_shifted'),
        ('concord_month', "'date_shift'", 'source_value', 'is_shifted'),
        (
            'concord_month', 'value_reason', 'concord_value - source_value',
            'source_month is not null and concord_month is not null'
        ),
        ('concord_month', 'value_reason', 'concord_value', 'source_month is null'),
        ('concord_month', "'unexplained'", '0', 'concord_month is not null'),
        ('concord_month', "'source_total'", '0', 'concord_month is not null'),
        ('concord_month', "'concord_total'", 'concord_value', 'concord_month is not null'),
        ('source_month', "'concord_total'", '0', 'source_month is not null'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        source_system,
        source_instance,
        source_object,
        kpi,
        {{ month }} as period_start,
        {{ reason }} as reason,
        {{ quantity }} as quantity
    from compared
    where {{ condition }}
    {%- endfor %}

),

summed as (

    select
        source_system,
        source_instance,
        source_object,
        kpi,
        period_start,
        reason,
        cast(sum(quantity) as decimal(38, 6)) as quantity
    from entries
    group by
        source_system,
        source_instance,
        source_object,
        kpi,
        period_start,
        reason

),

final as (

    select
        {{ surrogate_key([
            'summed.source_system',
            'summed.source_instance',
            'summed.source_object',
            'summed.kpi',
            'summed.period_start',
            'summed.reason',
        ]) }} as source_bridge_key,

        summed.source_system,
        summed.source_instance,
        summed.source_object,
        summed.kpi,
        definitions.unit,
        'month' as period_grain,
        summed.reason,

        case summed.reason
            {%- for reason in reasons %}
            when '{{ reason }}' then {{ loop.index }}
            {%- endfor %}
        end as reason_order,
        case when summed.reason = 'source_total' then summed.quantity end as source_value,
        case
            when summed.reason not in ('source_total', 'concord_total')
                then summed.quantity
        end as difference_value,
        case when summed.reason = 'concord_total' then summed.quantity end
            as concord_value,

        summed.period_start
    from summed
    left join definitions
        on summed.kpi = definitions.kpi
    where
        summed.quantity <> 0
        or summed.reason in ('source_total', 'unexplained', 'concord_total')

)

select * from final
