"""Small suites for tests that are about the machinery, not about shipped guards."""

from __future__ import annotations

from typing import Any

import pandas as pd

from expectations.model import Suite

BETWEEN = "expect_column_values_to_be_between"


def guard(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "guard": name,
        "severity": "critical",
        "description": "The share of something stays small.",
        "action": "Look at the rows that are shown.",
        "expectation": BETWEEN,
        "kwargs": {"column": "some_share", "min_value": 0, "max_value": 0.2},
        "sample_columns": ["name"],
        **changes,
    }


def suite(*guards: dict[str, Any], **changes: Any) -> Suite:
    return Suite.model_validate(
        {
            "suite": "some_suite",
            "kpi_group": "core",
            "table": "core.fct_some",
            "frame": "select name, some_share from core.fct_some",
            "guards": list(guards),
            **changes,
        }
    )


def frame(*shares: float | None) -> pd.DataFrame:
    names = [f"row {number}" for number in range(1, len(shares) + 1)]
    return pd.DataFrame({"name": names, "some_share": pd.Series(shares, dtype="float64")})
