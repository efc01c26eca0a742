"""Turns scoring.yml into rows of the rules tables; without the file all of them are empty.

Belongs here: the rows of the tables about scores. Does not: their columns (rules_schema).
"""

from __future__ import annotations

from typing import Any

from orchestration.company.scoring import ScoringFile

Rows = list[dict[str, Any]]


def scoring_rows(scoring: ScoringFile | None) -> dict[str, Rows]:
    """Return the rows by table: score_cap, fit_rule, engagement_rule, score_band.

    Args:
        scoring: scoring.yml, or None when the company has none.
    """
    if scoring is None:
        return {"score_cap": [], "fit_rule": [], "engagement_rule": [], "score_band": []}
    return {
        "score_cap": [{"fit_cap": scoring.fit.cap, "engagement_cap": scoring.engagement.cap}],
        "fit_rule": [
            {
                "rule": item.rule,
                "field": item.field,
                "operator": operator,
                "value": value.lower(),
                "value_number": item.at_least,
                "points": item.points,
            }
            for item in scoring.fit.rules
            for operator, value in item.operators().items()
        ],
        "engagement_rule": [
            {
                "rule": item.rule,
                "rule_order": number,
                "touch_type": item.touch_type,
                "channel_name": item.channel,
                "content_type": item.content_type,
                "points": item.points,
                "half_life_days": item.half_life_days or scoring.engagement.half_life_days,
            }
            for number, item in enumerate(scoring.engagement.rules, start=1)
        ],
        "score_band": [
            {"band": item.band, "at_least": item.at_least, "band_order": number}
            for number, item in enumerate(
                sorted(scoring.bands, key=lambda item: item.at_least), start=1
            )
        ],
    }
