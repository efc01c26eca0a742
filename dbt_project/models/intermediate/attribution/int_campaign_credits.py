"""Grain: one row per period, conversion type, method, with or without other journeys, and campaign.

The key is (period_grain, period_start, conversion_type, method, includes_non_converting,
campaign_state_key). Why Python: as int_channel_credits.py.
"""

from __future__ import annotations

from typing import Any

from orchestration.algorithms import period_paths


def model(dbt: Any, session: Any) -> Any:
    """The table; dbt calls this."""
    dbt.config(materialized="table")

    def chosen(relation: Any, columns: tuple[str, ...]) -> Any:
        return relation.select(", ".join(columns))

    sets = dbt.ref("int_campaign_sets").select("*, campaign_set as channel_set")
    periods = dbt.ref("stg_company__attribution_campaign_periods")
    return period_paths.campaign_credit_table(
        chosen(dbt.ref("int_campaign_states"), period_paths.STATE_COLUMNS).fetchall(),
        chosen(
            dbt.ref("int_campaign_transitions"), period_paths.TRANSITION_COLUMNS
        ).to_arrow_table(),
        chosen(sets, period_paths.SET_COLUMNS).to_arrow_table(),
        dict(periods.select("period_grain, least_journeys_per_window").fetchall()),
    )
