"""A KPI that has no value in a period: pay says so, and is not held back for it.

Belongs here: what marts of pay hold where nothing is known. Does not: what is paid for a value
(test_published_examples), or ledger and statements.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.compensation.conftest import Pay
from tests.compensation.pay_world import LEDGER_MODELS, PayWorld
from tests.kpi.compiled import PROJECT

pytestmark = [pytest.mark.xdist_group("pay")]

DAY = date(2025, 1, 1)
MARTS = PROJECT / "models" / "marts" / "compensation"
PLAN = """\
plan: plan
label: Plan
version: 1
valid_from: 2025-01-01
approved_by: boss
approved_date: 2024-12-01
components:
  - {component: health, label: Health, kind: bonus, kpi: health, method: interpolated,
     frequency: annual, weight: 1, goal: 10,
     points: [{at: 0, payout: 0}, {at: 1, payout: 1}]}
"""


def _never_null() -> dict[str, list[str]]:
    """By mart of pay the columns that its test wants filled."""
    marts: dict[str, list[str]] = {}
    for path in sorted(MARTS.glob("*.yml")):
        [model] = _read(path)["models"]
        arguments = model["data_tests"][0]["sound_table"]["arguments"]
        marts[model["name"]] = [*arguments["key"], *arguments.get("not_null", ())]
    return {name: columns for name, columns in marts.items() if name not in LEDGER_MODELS}


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_a_kpi_without_a_value_leaves_no_mart_of_pay_unsound(pay: Pay) -> None:
    """In 2025 the KPI has no value, as a ratio over nothing has none; in 2026 it has one."""
    world = PayWorld(people=[("rep", "", DAY)])
    world.assignments = [("rep", "plan", DAY, None, "1000", "EUR")]
    world.kpis = [("health", "year", DAY, "", ""), ("health", "year", date(2026, 1, 1), "5", "")]
    paid = pay({"plan": PLAN}, world)
    assert paid.execute(
        "select quota, credited, attainment from compensation.comp_attainment order by period_start"
    ).fetchall() == [(10, None, None), (10, 5, Decimal("0.5"))]
    assert paid.execute(
        "select actual, achievement, amount from compensation.comp_kpi_result order by period_start"
    ).fetchall() == [(None, None, None), (5, Decimal("0.5"), 500)]
    nulls = {
        f"{mart}.{column}": count
        for mart, columns in _never_null().items()
        for column in columns
        for (count,) in paid.execute(
            f"select count(*) from compensation.{mart} where {column} is null"
        ).fetchall()
        if count
    }
    assert nulls == {}
