"""Six models in floats, from the ordered journeys: what exactness costs, and nothing else.

Concord publishes whole cents and millionths, because credits have to sum to what was sold. Others
give floats. This statement says what the same weights cost in floats, by the same form: totals by
aggregate and join, no window. Its figures stand in no warehouse.

Belongs here: the statement, and that it says what the models say. Does not: timing (attribution).
"""

from __future__ import annotations

import click
import duckdb

# A model's key touches each have a share of their own, its other touches share the middle, and
# what is missing goes to the rest in proportion.
STATEMENT = """
create or replace table main.in_floats as
with models as (
    select
        max(case when model = 'u_shaped' then first_weight end) * 1e0 as u_first,
        max(case when model = 'u_shaped' then lead_weight end) * 1e0 as u_lead,
        max(case when model = 'u_shaped' then middle_weight end) * 1e0 as u_middle,
        max(case when model = 'w_shaped' then first_weight end) * 1e0 as w_first,
        max(case when model = 'w_shaped' then lead_weight end) * 1e0 as w_lead,
        max(case when model = 'w_shaped' then opportunity_weight end) * 1e0 as w_opportunity,
        max(case when model = 'w_shaped' then middle_weight end) * 1e0 as w_middle
    from staging.stg_company__attribution_models
    where conversion_type = 'won'
),

settings as (
    select half_life_seconds from staging.stg_company__attribution_settings
),

journeys as (
    select
        journey_number,
        count(*) as touch_count,
        max(touched_at) as last_touched_at,
        max(case when is_up_to_lead then touch_number end) as lead_number,
        max(case when is_up_to_opportunity then touch_number end) as opportunity_number
    from intermediate.int_journey_touches
    group by journey_number
),

counted as (
    select
        *,
        touch_count - 1 - case when lead_number > 1 then 1 else 0 end as u_middles,
        touch_count - 1 - case when lead_number > 1 then 1 else 0 end
        - case
            when opportunity_number > 1 and opportunity_number <> coalesce(lead_number, 0) then 1
            else 0
        end as w_middles
    from journeys
),

weighed as (
    select
        bounds.journey_key,
        counted.*,
        conversions.conversion_amount::double as amount,
        u_first + case when lead_number is not null then u_lead else 0 end
        + case when u_middles > 0 then u_middle else 0 end as u_total,
        w_first + case when lead_number is not null then w_lead else 0 end
        + case when opportunity_number is not null then w_opportunity else 0 end
        + case when w_middles > 0 then w_middle else 0 end as w_total,
        models.*
    from counted
    cross join models
    inner join intermediate.int_journey_bounds as bounds
        on counted.journey_number = bounds.journey_number
    inner join intermediate.int_conversions as conversions
        on bounds.journey_key = conversions.journey_key
),

decayed as (
    select
        touches.journey_number,
        touches.touch_number,
        round(1e6 * power(
            2e0,
            -(epoch(journeys.last_touched_at) - epoch(touches.touched_at))
            / settings.half_life_seconds
        )) as weight
    from intermediate.int_journey_touches as touches
    inner join journeys
        on touches.journey_number = journeys.journey_number
    cross join settings
),

decay_totals as (
    select journey_number, sum(weight) as weight from decayed group by journey_number
)

select
    weighed.journey_key as conversion_key,
    touches.touch_key,
    touches.channel_key,
    touches.campaign_key,
    touches.touch_number,
    case when touches.touch_number = 1 then amount else 0 end as first_amount,
    case when touches.touch_number = touch_count then amount else 0 end as last_amount,
    amount / touch_count as linear_amount,
    amount * decayed.weight / decay_totals.weight as time_decay_amount,
    amount / u_total * case
        when touches.touch_number = 1 or touches.touch_number = lead_number
            then case when touches.touch_number = 1 then u_first else 0 end
                + case when touches.touch_number = lead_number then u_lead else 0 end
        else u_middle / u_middles
    end as u_shaped_amount,
    amount / w_total * case
        when
            touches.touch_number = 1
            or touches.touch_number = lead_number
            or touches.touch_number = opportunity_number
            then case when touches.touch_number = 1 then w_first else 0 end
                + case when touches.touch_number = lead_number then w_lead else 0 end
                + case when touches.touch_number = opportunity_number then w_opportunity else 0 end
        else w_middle / w_middles
    end as w_shaped_amount
from intermediate.int_journey_touches as touches
inner join weighed
    on touches.journey_number = weighed.journey_number
inner join decayed
    on
        touches.journey_number = decayed.journey_number
        and touches.touch_number = decayed.touch_number
inner join decay_totals
    on touches.journey_number = decay_totals.journey_number
"""
# A whole cent is less than one off what it rounds. Touch 0 is what a model gives to no touch.
WRONG = """
select
    count(*) filter (where exact.touch_key is null or floats.touch_key is null
        or abs(first_amount * 100 - case when is_first then cents else 0 end) > 1.001
        or abs(last_amount * 100 - case when is_last then cents else 0 end) > 1.001
        or abs(linear_amount * 100 - linear_cents) > 1.001
        or abs(u_shaped_amount * 100 - u_shaped_cents) > 1.001
        or abs(w_shaped_amount * 100 - w_shaped_cents) > 1.001
        or abs(time_decay_amount * 100 - time_decay_cents) > 1.001)
from main.in_floats as floats
full join (select * from intermediate.int_conversion_touches where touch_number > 0) as exact
    using (conversion_key, touch_number)
"""


def check(connection: duckdb.DuckDBPyConnection) -> None:
    """Fail unless the floats are the exact credits, to the cent that rounding may take or give."""
    [(wrong,)] = connection.execute(WRONG).fetchall()
    if wrong:
        raise click.ClickException(f"{wrong} credits in floats are not those of the models")
