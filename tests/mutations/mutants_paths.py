"""Broken rules of the paths that algorithmic attribution learns from.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: other
rules (mutants.py has them all).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

PATHS = [
    Mutant(
        "touches of one channel in a row are one step",
        "int_journey_steps",
        "where number_before is null or number_before <> channel_number",
        "where true",
        UNIT,
    ),
    Mutant(
        "a deal is a conversion of the accounts of all whose touches it counts",
        "int_prospect_conversions",
        "coalesce(people.account_key, people.person_key) as prospect_key",
        "people.person_key as prospect_key",
        UNIT,
    ),
    Mutant(
        "a conversion at the end of the lookback after a touch is one of that prospect",
        "int_prospect_journeys",
        "considered.waits_until >= prospect_conversions.converted_at",
        "considered.waits_until > prospect_conversions.converted_at",
        UNIT,
    ),
    Mutant(
        "a conversion longer ago than the lookback is forgotten",
        "int_prospect_journeys",
        "considered.opens_at <= prospect_conversions.converted_at",
        "considered.opens_at is not null",
        UNIT,
    ),
    Mutant(
        "a journey without a conversion has the touches of its lookback",
        "int_prospect_journeys",
        "unconverted.opens_at <= prospect_touches.touched_at",
        "unconverted.opens_at is not null",
        UNIT,
    ),
    Mutant(
        "a refund is compared with journeys that were not won",
        "int_channel_sets",
        "where conversion_type = 'won'",
        "where conversion_type = 'lead'",
        UNIT,
    ),
    Mutant(
        "touches of one channel are another run where another channel lies between",
        "int_prospect_touches",
        "rows between unbounded preceding and current row",
        "rows between unbounded preceding and unbounded following",
        UNIT,
    ),
    Mutant(
        "a campaign stands for itself from the declared number of conversions on",
        "int_campaign_states",
        "counted.conversion_count >= periods.least_conversions",
        "counted.conversion_count > periods.least_conversions",
        UNIT,
    ),
    Mutant(
        "as many campaigns as declared stand for themselves",
        "int_campaign_states",
        "where campaign_rank <= most_campaigns",
        "where campaign_rank < most_campaigns",
        UNIT,
    ),
    Mutant(
        "a refund is no conversion of a campaign",
        "int_campaign_states",
        "where conversions.conversion_type <> 'refund'",
        "where true",
        UNIT,
    ),
    Mutant(
        "a campaign is told apart in the channel in which counts allow it",
        "int_campaign_steps",
        "and touches.channel_number = told_apart.channel_number",
        "and true",
        UNIT,
    ),
    Mutant(
        "touches of a channel's other campaigns in a row are one step",
        "int_campaign_steps",
        "where state_before is null or state_before <> state_number",
        "where true",
        UNIT,
    ),
    Mutant(
        "a refund of campaigns is compared with journeys that were not won",
        "int_campaign_transitions",
        "where conversion_type = 'won' and not is_converted",
        "where conversion_type = 'lead' and not is_converted",
        UNIT,
    ),
    Mutant(
        "a refund is credited to campaigns as they are told apart in wins",
        "rpt_campaign_algorithmic",
        "then 'won'",
        "then 'lead'",
        UNIT,
    ),
]
