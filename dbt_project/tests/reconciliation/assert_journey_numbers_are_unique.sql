-- Fails on a number that two journeys share; their credits would be mixed.
select
    journey_number,
    count(*) as journey_count
from {{ ref('int_journey_bounds') }}
group by journey_number
having count(*) > 1
