-- Fails for a period and team in which begin and all movements do not make the end, to the cent and
-- to the opportunity.
select
    period_grain,
    period_start,
    team,
    sum(case when movement = 'end' then -amount else amount end) as residual_amount,
    sum(case when movement = 'end' then -opportunity_count else opportunity_count end)
        as residual_count
from {{ ref('rpt_pipeline_waterfall') }}
group by
    period_grain,
    period_start,
    team
having
    coalesce(sum(case when movement = 'end' then -amount else amount end), 0) <> 0
    or sum(case when movement = 'end' then -opportunity_count else opportunity_count end) <> 0
