-- Fails for an opportunity whose people do not stand for exactly one opportunity together.
select
    opportunity_key,
    sum(weight) as weight
from {{ ref('bridge_opportunity_person') }}
group by opportunity_key
having sum(weight) <> 1
