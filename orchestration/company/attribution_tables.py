"""Turns attribution.yml into rows of the rules tables; without the file all of them are empty.

Belongs here: the rows of the tables about attribution, and which model suits which conversion. Does
not: their columns (rules_schema).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestration.company.attribution import KEY_TOUCHES, AlgorithmicCampaigns, AttributionFile

Rows = list[dict[str, Any]]

TABLES = (
    "attribution_setting", "attribution_lookback", "attribution_model", "attribution_exclusion",
    "attribution_source", "attribution_period", "attribution_campaign_period",
)  # fmt: skip
SECONDS_OF_A_DAY = Decimal(86_400)
# Models whose weights are in their names.
UNWEIGHTED = (
    "first", "last", "last_non_direct", "linear", "time_decay", "lead_creation",
    "opportunity_creation",
)  # fmt: skip
CONVERSION_TYPES = ("lead", "mql", "opportunity", "won", "refund")
BEFORE_OPPORTUNITIES = ("lead", "mql")


def attribution_rows(attribution: AttributionFile | None) -> dict[str, Rows]:
    """Return the rows by table, TABLES.

    Args:
        attribution: attribution.yml, or None when the company has none.
    """
    if attribution is None:
        return {table: [] for table in TABLES}
    lookbacks = attribution.lookback_days.model_dump()
    return {
        "attribution_setting": [
            {
                "buying_group": attribution.buying_group,
                "stops_at_previous_won": attribution.stops_at_previous_won,
                "half_life_seconds": _seconds(attribution.half_life_days),
                "has_one_touch_per_session": attribution.one_touch_per_session,
                "platform_conversion_type": attribution.platform_conversion_type,
            }
        ],
        "attribution_lookback": [
            {"conversion_type": name, "lookback_seconds": _seconds(days)}
            for name, days in lookbacks.items()
        ],
        "attribution_model": _models(attribution),
        "attribution_exclusion": [
            {"field_name": field, "field_value": value}
            for field, values in (
                ("direct_channel", attribution.direct_channels),
                ("channel", attribution.excluded_channels),
                ("touch_type", attribution.excluded_touch_types),
            )
            for value in values
        ],
        "attribution_source": [
            {"source_name": name, "priority": place}
            for place, name in enumerate(attribution.source_priority, start=1)
        ],
        "attribution_period": [
            {"period_grain": name} for name in dict.fromkeys(attribution.algorithmic_periods)
        ],
        "attribution_campaign_period": _campaign_periods(attribution.algorithmic_campaigns),
    }


def _campaign_periods(campaigns: AlgorithmicCampaigns | None) -> Rows:
    if campaigns is None:
        return []
    counts = campaigns.model_dump(exclude={"periods"})
    return [{"period_grain": name, **counts} for name in dict.fromkeys(campaigns.periods)]


def _seconds(days: Decimal) -> int:
    return int(days * SECONDS_OF_A_DAY)


def _models(attribution: AttributionFile) -> Rows:
    """One row per model and type of conversion; a milestone after the conversion rules it out."""
    weights: dict[str, dict[str, int]] = dict.fromkeys(UNWEIGHTED, {})
    for model in KEY_TOUCHES:
        if (declared := attribution.weights_of(model)) is not None:
            weights[model] = declared
    return [
        {
            "model": model,
            "conversion_type": conversion_type,
            **{
                f"{name}_weight": shares.get(name, 0)
                for name in ("first", "lead", "opportunity", "last", "middle")
            },
        }
        for model, shares in weights.items()
        for conversion_type in CONVERSION_TYPES
        if _suits(model, shares, conversion_type)
    ]


def _suits(model: str, shares: dict[str, int], conversion_type: str) -> bool:
    if model == "full_path":  # Its last touch is that of the win.
        return conversion_type in ("won", "refund")
    needs_opportunity = model == "opportunity_creation" or shares.get("opportunity", 0) > 0
    return not (needs_opportunity and conversion_type in BEFORE_OPPORTUNITIES)
