-- Fails for a source object, KPI and month whose own figure and differences do not make Concord's
-- figure, exactly.
with bridge as (

    select * from {{ ref('ops_source_bridge') }}

)

select
    source_system,
    source_instance,
    source_object,
    kpi,
    period_start,
    sum(source_value) as source_value,
    sum(difference_value) as difference_value,
    sum(concord_value) as concord_value
from bridge
group by
    source_system,
    source_instance,
    source_object,
    kpi,
    period_start
having
    sum(source_value) + sum(difference_value) is distinct from sum(concord_value)
    or count(source_value) <> 1
    or count(concord_value) <> 1
