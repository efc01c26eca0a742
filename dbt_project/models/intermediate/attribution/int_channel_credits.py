"""Grain: one row per period, conversion type, method, with or without other journeys, and channel.

The key is (period_grain, period_start, conversion_type, method, includes_non_converting,
channel_key). Why Python: removal effects need the inverse of a matrix and Shapley values all sets
of channels; see orchestration/algorithms and docs/adr/0016-python-models.md.
"""

from __future__ import annotations

from typing import Any

from orchestration.algorithms import period_paths


def model(dbt: Any, session: Any) -> Any:
    """The table; dbt calls this."""
    dbt.config(materialized="table")

    def chosen(relation: Any, columns: tuple[str, ...]) -> Any:
        return relation.select(", ".join(columns))

    return period_paths.credit_table(
        chosen(dbt.ref("int_attribution_channels"), period_paths.CHANNEL_COLUMNS).fetchall(),
        chosen(
            dbt.ref("int_channel_transitions"), period_paths.TRANSITION_COLUMNS
        ).to_arrow_table(),
        chosen(dbt.ref("int_channel_sets"), period_paths.SET_COLUMNS).to_arrow_table(),
    )
