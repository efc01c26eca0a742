-- Fails for a KPI and month in which Concord's figures of all sources do not make the published KPI.
-- A KPI of only unknown amounts is unknown; the bridge shows 0 for it.
with bridge as (

    select
        kpi,
        period_start,
        sum(concord_value) as concord_value
    from {{ ref('ops_source_bridge') }}
    group by
        kpi,
        period_start

),

kpis as (

    select
        kpi,
        period_start,
        value
    from {{ ref('rpt_kpi') }}
    where
        period_grain = 'month'
        and dimension = 'all'
        and member = 'all'
        and kpi in ('leads', 'opportunities_created', 'bookings', 'spend')

)

select
    coalesce(bridge.kpi, kpis.kpi) as kpi,
    coalesce(bridge.period_start, kpis.period_start) as period_start,
    bridge.concord_value,
    kpis.value
from bridge
full join kpis
    on
        bridge.kpi = kpis.kpi
        and bridge.period_start = kpis.period_start
where coalesce(bridge.concord_value, 0) <> coalesce(kpis.value, 0)
