"""Broken rules of attribution: whose touches count, from when to when, and what each is given.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: other
rules (mutants.py has them all).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

SUMS = "data: assert_credits_sum_to_conversions"
TOTALS = "data: assert_models_credit_every_conversion"
ORACLE = "oracle of credits"

ATTRIBUTION = [
    Mutant(
        "a touch at the moment of the conversion counts",
        "int_journey_touches",
        "and bounds.closes_at >= creditable.touched_at",
        "and bounds.closes_at > creditable.touched_at",
        UNIT,
    ),
    Mutant(
        "a touch as old as the lookback counts",
        "int_journey_touches",
        "and bounds.opens_at <= creditable.touched_at",
        "and bounds.opens_at < creditable.touched_at",
        UNIT,
    ),
    Mutant(
        "an older touch does not count",
        "int_journey_touches",
        "and bounds.opens_at <= creditable.touched_at",
        "",
        "truth of credited touches",
    ),
    Mutant(
        "what happened at the previous win belongs to it",
        "int_journey_touches",
        "creditable.touched_at > bounds.previous_won_at",
        "creditable.touched_at >= bounds.previous_won_at",
        UNIT,
    ),
    Mutant(
        "the company says which source comes first in a second",
        "int_journey_touches",
        "creditable.source_priority nulls last,",
        "",
        ORACLE,
    ),
    Mutant(
        "a visit is one touch",
        "int_journey_touches",
        "and repeats.touch_key is null",
        "",
        ORACLE,
    ),
    Mutant(
        "a session counts by the touch that began it",
        "int_session_repeats",
        "where number_in_session > 1",
        "where number_in_session = 1",
        UNIT,
    ),
    Mutant(
        "machines earn nothing",
        "int_creditable_touches",
        "where is_attributable",
        "where true",
        "truth of credited touches",
    ),
    Mutant(
        "everybody of the account only where nobody has a role",
        "int_journey_people",
        "and opportunities_with_members.opportunity_key is null",
        "",
        UNIT,
    ),
    Mutant(
        "refunds take credit back",
        "int_conversions",
        "-refunds.amount as conversion_amount",
        "refunds.amount as conversion_amount",
        TOTALS,
    ),
    Mutant(
        "a touch that is the lead's and the opportunity's has one place",
        "int_conversion_milestones",
        "and opportunity_number <> coalesce(lead_number, 0)",
        "",
        SUMS,
    ),
    Mutant(
        "where all touches are direct the last is the last that is not",
        "int_conversion_milestones",
        "coalesce(journeys.last_non_direct_number, journeys.touch_count)",
        "journeys.last_non_direct_number",
        ORACLE,
    ),
    Mutant(
        "who has the larger rest is served first",
        "int_conversion_key_shares",
        "w_shaped_lead_cents_rest > w_shaped_first_cents_rest",
        "w_shaped_lead_cents_rest < w_shaped_first_cents_rest",
        ORACLE,
    ),
    Mutant(
        "of equal rests the earlier is served first",
        "int_conversion_key_shares",
        "position_based_first_cents_rest = position_based_last_cents_rest",
        "false",
        ORACLE,
    ),
    Mutant(
        "what key touches leave goes to the first middles",
        "int_conversion_touches",
        "placed.position_based_middle_number <= placed.position_based_middle_cents_left",
        "placed.position_based_middle_number < placed.position_based_middle_cents_left",
        SUMS,
    ),
    Mutant(
        "the first touches have the cents that even shares leave",
        "int_conversion_touches",
        "placed.touch_number <= mod(placed.cents, placed.touch_count)",
        "placed.touch_number < mod(placed.cents, placed.touch_count)",
        SUMS,
    ),
    Mutant(
        "what no touch earns is somebody's: nobody's",
        "int_conversion_touches",
        "suited.has_lead_creation = 1 and milestones.lead_number is null",
        "false",
        TOTALS,
    ),
    Mutant(
        "decayed rests are served by size",
        "int_conversion_decay",
        "order by cents_rest desc, touch_number asc",
        "order by touch_number asc",
        ORACLE,
    ),
    Mutant(
        "a negative amount is credited below zero",
        "fct_attribution_credit",
        "case when conversion_amount < 0 then -1 else 1 end",
        "1",
        TOTALS,
    ),
]
